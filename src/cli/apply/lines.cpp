// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/apply/lines.h"

#include "text/socket.h"

#include <fmt/format.h>

#include <string_view>
#include <unordered_map>
#include <utility>

namespace kashim::cli {
namespace {

using policy::OptionSet;

// Lines in the order in which they came up first; of those that differ only in their socket one, with their number.
class Lines {
public:
    explicit Lines(PerSocket per_socket) : per_socket_(per_socket) {}

    void add(std::string_view head, const std::string& socket, const std::string& what)
    {
        if (per_socket_ == PerSocket::yes) {
            parts_.push_back({std::string(head), socket, what, 1});
            return;
        }
        const auto [at, is_new] = places_.try_emplace(fmt::format("{}\n{}", head, what), parts_.size());
        if (is_new)
            parts_.push_back({std::string(head), {}, what, 0});
        ++parts_[at->second].count;
    }

    std::vector<std::string> take() &&
    {
        std::vector<std::string> lines;
        for (const Part& part : parts_)
            lines.push_back(fmt::format("{}: {}, {}", part.head,
                                        part.socket.empty() ? text::counted(part.count, "socket") : part.socket,
                                        part.what));
        return lines;
    }

private:
    struct Part {
        std::string head;
        std::string socket;
        std::string what;
        std::size_t count = 0;
    };

    PerSocket per_socket_;
    std::vector<Part> parts_;
    std::unordered_map<std::string, std::size_t> places_;
};

std::string kept_text(const sockets::Judgement& judgement)
{
    return "what counts as the program's: " + text::values_text(judgement.now, judgement.left_to_program());
}

std::string why_left(const sockets::SocketChange& left)
{
    const sockets::Judgement& judgement = left.judgement;
    if (!judgement.left_by_rule)
        return kept_text(judgement);
    // What a listener gets its connections inherit, also those for whose peers another rule says "leave".
    if (judgement.decision.settings.keepalive != policy::Keepalive::leave)
        return "a listener, and its rule depends on who connects";
    return "keepalive = \"leave\"";
}

void add_change(Lines& lines, std::string_view head, const sockets::SocketChange& change, const std::string& rule)
{
    const sockets::Judgement& judgement = change.judgement;
    const std::string socket = text::connection_text(change.fd, change.subject);
    if (const OptionSet taken = judgement.wrong - change.refused; !taken.empty()) {
        const std::string kept = judgement.left_to_program().empty() ? "" : "; left: " + kept_text(judgement);
        const std::string changes = text::changes_text(judgement.now, judgement.after, judgement.known, taken);
        lines.add(head, socket, fmt::format("{}: {}{}", rule, changes, kept));
    }
    if (!change.refused.empty()) {
        const std::string values = text::values_text(judgement.after, change.refused);
        lines.add("refused", socket, fmt::format("{}: {} ({})", rule, values, text::errno_text(change.error)));
    }
}

std::string listed_text(const sockets::NotTaken& not_taken)
{
    const sockets::Socket& socket = *not_taken.socket;
    if (socket.state == sockets::TcpState::listen)
        return fmt::format("fd {} on port {}", not_taken.fd, socket.local.port);
    return fmt::format("fd {} from {} to {}", not_taken.fd, text::to_text(socket.local), text::to_text(socket.peer));
}

}  // namespace

std::vector<std::string> lines_of(const sockets::ProcessResult& result, const loaded::Effective& effective,
                                  PerSocket per_socket, bool dry_run)
{
    Lines lines(per_socket);
    for (const sockets::SocketChange& change : result.changes)
        add_change(lines, dry_run ? "would set" : "set", change,
                   text::rule_text(effective, change.judgement.decision.rule));
    for (const sockets::SocketChange& left : result.left)
        lines.add("left", text::connection_text(left.fd, left.subject),
                  fmt::format("{}: {}", text::rule_text(effective, left.judgement.decision.rule), why_left(left)));
    for (const sockets::NotTaken& not_taken : result.not_taken)
        lines.add("refused", listed_text(not_taken), text::refusal_text(not_taken.refusal));
    return std::move(lines).take();
}

}  // namespace kashim::cli
