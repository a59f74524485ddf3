// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/show/view_text.h"

#include "cli/show/next_probe.h"
#include "platform/describe.h"
#include "text/socket.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <span>
#include <string_view>

namespace kashim::cli {
namespace {

using policy::Option;
using policy::OptionSet;
using Paint = Listing::Paint;
using Align = Listing::Align;

constexpr std::string_view kUnknown = "-";

std::string holders_text(const Row& row)
{
    // A server may share its listener with a thousand children.
    constexpr std::size_t kMost = 4;
    std::string text;
    switch (row.held) {
    case Row::Whose::unseen:
        return fmt::format("? of uid {}", row.socket.uid);
    case Row::Whose::by_nobody:
        return "no process";
    case Row::Whose::queued:
        return "not accepted yet";
    case Row::Whose::closed:
        return "closed by its program";
    case Row::Whose::by_process:
        break;
    }
    for (const Owner& owner : std::span(row.owners).first(std::min(row.owners.size(), kMost)))
        text +=
            fmt::format("{}{} fd {}", text.empty() ? "" : ", ", text::process_text(owner.name, owner.pid), owner.fd);
    return row.owners.size() > kMost ? fmt::format("{} and {} more", text, row.owners.size() - kMost) : text;
}

std::string verdict_text(const sockets::Judgement& judgement)
{
    if (judgement.left_by_rule)
        return "left by rule";
    const OptionSet programs = judgement.left_to_program();
    const std::string kept =
        programs.empty() ? "" : fmt::format("counts as the program's: {}", text::names_text(programs));
    if (judgement.right())
        return kept.empty() ? "yes" : kept;
    return fmt::format("no: {}{}{}", text::values_text(judgement.after, judgement.wrong), kept.empty() ? "" : "; ",
                       kept);
}

Paint verdict_paint(const sockets::Judgement& judgement)
{
    if (!judgement.right())
        return Paint::bad;
    return judgement.left_by_rule || !judgement.left_to_program().empty() ? Paint::doubtful : Paint::good;
}

std::string dead_after_text(const policy::Values& values)
{
    return values.keepalive ? fmt::format("{}s", policy::dead_after(values.idle, values.interval, values.count).count())
                            : "never";
}

// With a user timeout the kernel never asks for count (tcp_keepalive_timer in net/ipv4/tcp_timer.c).
bool user_timeout_decides(const policy::Values& values)
{
    const std::chrono::milliseconds timeout = values.user_timeout;
    return values.keepalive && timeout.count() != 0 &&
           timeout != policy::dead_after(values.idle, values.interval, values.count);
}

std::string note_of(const Row& row)
{
    std::string note;
    const auto add = [&note](std::string_view text) { note.append(note.empty() ? "" : "; ").append(text); };
    if (row.socket.state == sockets::TcpState::close_wait)
        add(row.held == Row::Whose::queued ? "the peer has closed" : "the peer has closed, the program has not");
    if (row.judgement && user_timeout_decides(row.judgement->now))
        add("user_timeout decides instead of count");
    if (row.socket.multipath)
        add("Multipath TCP");
    return note;
}

Paint state_paint(sockets::TcpState state)
{
    return state == sockets::TcpState::close_wait ? Paint::bad : Paint::plain;
}

void add_judgement(Listing& table, const sockets::Judgement& judgement, const loaded::Effective& effective)
{
    table.field(text::rule_text(effective, judgement.decision.rule));
    table.field(verdict_text(judgement), verdict_paint(judgement));
}

void add_row(Listing& table, const Row& row, const loaded::Effective& effective)
{
    const sockets::Socket& socket = row.socket;
    const std::optional<policy::Values> values = row.judgement ? std::optional(row.judgement->now) : std::nullopt;
    table.begin_row();
    table.field(std::string(to_text(socket.state)), state_paint(socket.state));
    table.field(std::to_string(socket.receive_queue));
    table.field(std::to_string(socket.send_queue));
    table.field(text::to_text(socket.local));
    table.field(socket.state == sockets::TcpState::listen ? "*" : text::to_text(socket.peer));
    table.field(row.elsewhere ? fmt::format("net:[{}]", row.netns) : std::string(kUnknown));
    table.field(holders_text(row));
    for (const Option option : policy::kOptions) {
        const bool known = row.judgement && row.judgement->known.has(option);
        table.field(known ? text::value_text(*values, option) : std::string(kUnknown));
    }
    table.field(values ? dead_after_text(*values) : std::string(kUnknown));
    table.field(to_text(next_probe(socket, values), values));
    if (row.judgement) {
        add_judgement(table, *row.judgement, effective);
    } else {
        table.field(std::string(kUnknown));
        table.field(std::string(kUnknown));
    }
    table.field(note_of(row), socket.state == sockets::TcpState::close_wait ? Paint::bad : Paint::plain);
}

}  // namespace

Listing table_of(const View& view, const loaded::Effective& effective)
{
    Listing table({{"STATE"},
                   {"RECV-Q", Align::right},
                   {"SEND-Q", Align::right},
                   {"LOCAL"},
                   {"PEER"},
                   {"NETNS"},
                   {"PROCESS"},
                   {"KEEPALIVE", Align::left, true},
                   {"IDLE", Align::right},
                   {"INTERVAL", Align::right},
                   {"COUNT", Align::right},
                   {"USER_TIMEOUT", Align::right},
                   {"DEAD_AFTER", Align::right},
                   {"NEXT_PROBE"},
                   {"RULE"},
                   {"AGREES"},
                   {"NOTE"}});
    table.leave_out_where_empty({"NETNS", "NOTE"});
    for (const Row& row : view.rows)
        add_row(table, row, effective);
    return table;
}

}  // namespace kashim::cli
