// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/show/next_probe.h"

#include <fmt/format.h>

#include <algorithm>

namespace kashim::cli {
namespace {

using std::chrono::milliseconds;

std::string seconds_text(milliseconds time)
{
    constexpr milliseconds kLong{10000};
    const double seconds = static_cast<double>(time.count()) / 1000;
    return time < kLong ? fmt::format("{:.1f}s", seconds) : fmt::format("{:.0f}s", seconds);
}

std::string times(unsigned count)
{
    return count == 1 ? "once" : fmt::format("{} times", count);
}

std::string unanswered(unsigned sent, const std::optional<policy::Values>& values)
{
    if (sent == 0)
        return {};
    // With a user timeout count decides nothing (tcp_keepalive_timer in net/ipv4/tcp_timer.c).
    if (values && values->user_timeout.count() == 0)
        return fmt::format(", {} of {} unanswered", sent, values->count);
    return fmt::format(", {} unanswered", sent);
}

}  // namespace

NextProbe next_probe(const sockets::Socket& socket, const std::optional<policy::Values>& values)
{
    using Kind = NextProbe::Kind;
    using Timer = sockets::Timer::Kind;
    const bool probes = socket.inode != 0 && socket.state != sockets::TcpState::listen &&
                        socket.state != sockets::TcpState::syn_sent && (!values || values->keepalive);
    if (!probes)
        return {};
    const sockets::Timer& timer = socket.timer;
    switch (timer.kind) {
    case Timer::retransmit:
        return {values ? Kind::data_in_flight : Kind::none, timer.expires, timer.sent};
    case Timer::window_probe:
        return {values ? Kind::window_closed : Kind::none, timer.expires, timer.sent};
    case Timer::keepalive:
        break;
    default:
        return {};
    }
    if (timer.sent != 0)
        return {Kind::due, timer.expires, timer.sent};
    if (!values || !socket.silence)
        return {Kind::not_before, timer.expires, 0};
    // What came since the timer was started does not move it: when it ends it is started anew for the rest.
    const milliseconds left = milliseconds(values->idle) - *socket.silence;
    return {Kind::due, std::max(timer.expires, left), 0};
}

std::string to_text(const NextProbe& next, const std::optional<policy::Values>& values)
{
    const auto with_count = [&next](std::string_view text, std::string_view verb) {
        return next.sent == 0 ? std::string(text) : fmt::format("{}, {} {}", text, verb, times(next.sent));
    };
    switch (next.kind) {
    case NextProbe::Kind::due:
        return seconds_text(next.in) + unanswered(next.sent, values);
    case NextProbe::Kind::not_before:
        return fmt::format(">={}", seconds_text(next.in));
    case NextProbe::Kind::data_in_flight:
        return with_count("none: data in flight", "retransmitted");
    case NextProbe::Kind::window_closed:
        return with_count("none: peer's window closed", "probed");
    case NextProbe::Kind::none:
        break;
    }
    return "-";
}

}  // namespace kashim::cli
