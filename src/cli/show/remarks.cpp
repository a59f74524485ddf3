// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/show/view_text.h"

#include "text/socket.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace kashim::cli {
namespace {

std::string verb(std::size_t count, std::string_view one, std::string_view many)
{
    return std::string(count == 1 ? one : many);
}

std::string gap_text(const Gap& gap)
{
    const std::string also = gap.processes > 1 ? fmt::format(" (and {} more likewise)", gap.processes - 1) : "";
    const std::string without =
        gap.sockets != 0 ? fmt::format("{} without values: ", text::counted(gap.sockets, "socket")) : "";
    const std::string remedy = gap.refusal.remedy.empty() ? "" : "; " + gap.refusal.remedy;
    return fmt::format("{}{}{}{}", without, gap.refusal.sentence, also, remedy);
}

}  // namespace

std::vector<std::string> remarks_on(const View& view)
{
    std::vector<std::string> remarks;
    const auto held = [&view](Row::Whose how) {
        return static_cast<std::size_t>(
            std::ranges::count_if(view.rows, [how](const Row& row) { return row.held == how; }));
    };
    for (const pid_t pid : view.gone)
        remarks.push_back(fmt::format("process {} has ended", pid));
    const std::size_t unseen = held(Row::Whose::unseen);
    const std::string hidden =
        unseen != 0 ? fmt::format("{} without process and values", text::counted(unseen, "socket")) : "";
    if (!hidden.empty() && view.gaps.size() > 1)
        remarks.push_back(hidden + ": of processes that may not be looked into");
    if (view.unattributed != 0)
        remarks.push_back(
            fmt::format("{} left out, of which nobody knows whether --program means {}: of processes that "
                        "may not be looked into",
                        text::counted(view.unattributed, "socket"), verb(view.unattributed, "it", "them")));
    for (const Gap& gap : view.gaps)
        remarks.push_back((hidden.empty() || view.gaps.size() > 1 ? "" : hidden + ": ") + gap_text(gap));
    for (const sockets::Refusal& refusal : view.namespaces)
        remarks.push_back("the sockets of a network namespace are not shown: " + text::refusal_text(refusal));
    if (const std::size_t nobodys = held(Row::Whose::by_nobody); nobodys != 0)
        remarks.push_back(fmt::format("{} under no descriptor of any process here: the kernel's own (NFS), another PID "
                                      "namespace's, registered with io_uring, or on {} way through a UNIX socket",
                                      text::counted(nobodys, "socket"), verb(nobodys, "its", "their")));
    const auto leaks = static_cast<std::size_t>(std::ranges::count_if(view.rows, [](const Row& row) {
        return row.socket.state == sockets::TcpState::close_wait && row.held != Row::Whose::queued;
    }));
    if (leaks != 0)
        remarks.push_back(
            fmt::format("{} in CLOSE-WAIT: the peer has closed, the program has not. No keepalive cures "
                        "that leak, though probes go on: the descriptor stays until the program closes it",
                        text::counted(leaks, "socket")));
    if (view.rows.empty() && view.listeners != 0)
        remarks.push_back(
            fmt::format("{} not shown; -l shows listening sockets, -a all", text::counted(view.listeners, "listener")));
    return remarks;
}

}  // namespace kashim::cli
