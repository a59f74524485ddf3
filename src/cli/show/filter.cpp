// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/show/filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace kashim::cli {
namespace {

using sockets::TcpState;

struct Name {
    std::string_view text;
    States states;
};

// The names of ss(8), "STATE-FILTER"; "estab" and "listen" are what it prints.
const auto& names()
{
    static const States all = States::all();
    static const States listening = States::of(TcpState::listen);
    static const std::array names{
        Name{"all", all},
        Name{"connected", all.without(listening)},
        Name{"synchronized", all.without(listening | States::of(TcpState::syn_sent))},
        Name{"established", States::of(TcpState::established)},
        Name{"syn-sent", States::of(TcpState::syn_sent)},
        Name{"fin-wait-1", States::of(TcpState::fin_wait_1)},
        Name{"fin-wait-2", States::of(TcpState::fin_wait_2)},
        Name{"close-wait", States::of(TcpState::close_wait)},
        Name{"last-ack", States::of(TcpState::last_ack)},
        Name{"closing", States::of(TcpState::closing)},
        Name{"listening", listening},
        Name{"estab", States::of(TcpState::established)},
        Name{"listen", listening},
    };
    return names;
}

// ss knows these, but no program holds such a socket, or the kernel lists none.
constexpr std::array kWithoutProgram{"syn-recv", "time-wait", "closed", "bucket", "big"};

}  // namespace

States States::all()
{
    return States(~std::uint32_t{0});
}

States States::of(TcpState state)
{
    return States(std::uint32_t{1} << static_cast<unsigned>(state));
}

StateText read_state(std::string_view text)
{
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto found = std::ranges::find(names(), lower, &Name::text);
    if (found != names().end())
        return {found->states, {}};
    if (std::ranges::find(kWithoutProgram, lower) != kWithoutProgram.end())
        return {std::nullopt, fmt::format("no program holds a socket in the state \"{}\", so none is shown", lower)};
    std::string known;
    for (const Name& name : names())
        known += fmt::format("{}{}", known.empty() ? "" : ", ", name.text);
    return {std::nullopt, fmt::format("there is no state \"{}\"; there are {}", text, known)};
}

bool ShowFilter::has_port_of(const sockets::Socket& socket) const
{
    return ports.empty() || std::ranges::any_of(ports, [&socket](const policy::PortRange& range) {
               return range.contains(socket.local.port) ||
                      (socket.state != TcpState::listen && range.contains(socket.peer.port));
           });
}

bool ShowFilter::admits(const sockets::Holder& holder) const
{
    if (!pids.empty() && std::ranges::find(pids, holder.id.pid) == pids.end())
        return false;
    const policy::Program program = holder.facts.program();
    return programs.empty() || std::ranges::any_of(programs, [&program](const std::string& pattern) {
               return policy::matches_program(pattern, program);
           });
}

}  // namespace kashim::cli
