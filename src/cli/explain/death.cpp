// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/explain/explanation_text.h"
#include "cli/explain/middleboxes.h"
#include "cli/text/timeline.h"

#include <fmt/format.h>

namespace kashim::cli {
namespace {

using policy::Direction;
using policy::System;

std::string paragraph(std::string_view text)
{
    return fmt::format("  {}\n", text);
}

std::string user_timeout_rows(const Answer& answer)
{
    const std::string limit = duration_text(std::chrono::milliseconds(answer.values.user_timeout));
    std::string text;
    if (answer.timeline.probes != answer.values.count)
        text += paragraph(
            fmt::format("user_timeout, {}, decides in place of count, {}: it is looked at when a probe is due, "
                        "after the first one",
                        limit, answer.values.count));
    return text + paragraph(fmt::format("timers run late, by up to an eighth: user_timeout may then spare some probes, "
                                        "but ends nothing before {}",
                                        limit));
}

std::string idle_text(const Answer& answer)
{
    if (answer.timeline.probes == 0)
        return paragraph(answer.leaves() ? "nothing is set: unless the program probes by itself, the connection stays "
                                           "for ever"
                                         : "no probes are sent: the connection stays for ever");
    std::string text = drawn(answer.timeline);
    text += paragraph(fmt::format("an answer starts it anew; a peer that has rebooted answers the first probe with a "
                                  "reset: ECONNRESET at {}",
                                  duration_text(answer.timeline.idle)));
    return answer.timeline.user_timeout_decides ? text + user_timeout_rows(answer) : text;
}

std::string connect_row(const Explained& explained, const Answer& answer)
{
    if (explained.connection.direction == Direction::inbound || !answer.timeline.connect)
        return {};
    if (*answer.timeline.connect >= policy::kUsualConnect)
        return {};
    return paragraph(fmt::format("connect() too waits only {} (user_timeout), otherwise about {}",
                                 duration_text(*answer.timeline.connect), duration_text(policy::kUsualConnect)));
}

std::string in_flight_on_linux(const Explained& explained, const Answer& answer)
{
    if (!answer.timeline.in_flight)
        return paragraph("no probe is sent while sent data wait for their acknowledgement: ETIMEDOUT after about 15 "
                         "minutes") +
               paragraph("of retransmissions (net.ipv4.tcp_retries2); user_timeout would limit that");
    return paragraph(
               fmt::format("sent data that nobody acknowledges end it after about {} (user_timeout): ETIMEDOUT, or "
                           "what a router said",
                           duration_text(*answer.timeline.in_flight))) +
           paragraph("so does a peer that lives, but reads nothing for so long") + connect_row(explained, answer);
}

// Read in xnu's bsd/netinet/tcp_timer.c (TCPT_KEEP, TCPT_REXMT), and said so: nobody has measured it.
std::string in_flight_on_macos(const Answer& answer)
{
    std::string text;
    if (answer.timeline.probes != 0)
        text += paragraph(
            fmt::format("keepalive goes on meanwhile: nothing received for {} ends it, acknowledgement or not",
                        duration_text(answer.timeline.death())));
    else
        text += paragraph("TCP's own retransmissions decide");
    if (answer.timeline.in_flight)
        text +=
            paragraph(fmt::format("retransmitting for {} (TCP_RXT_CONNDROPTIME) ends it too; connect() is not limited",
                                  duration_text(*answer.timeline.in_flight)));
    return text + paragraph("read in the kernel's source, not measured");
}

std::string middlebox_text(const Answer& answer)
{
    std::string boxes;
    for (const Middlebox& box : kMiddleboxes) {
        if (box.forgets(answer.timeline))
            boxes += paragraph(fmt::format("  {:42}after {} of silence", box.name, duration_text(box.silence)));
    }
    const bool probes = answer.timeline.probes != 0;
    if (boxes.empty())
        return paragraph(
            fmt::format("the first probe, at {}, comes before any well-known one forgets it (the soonest: {}, "
                        "{})",
                        duration_text(answer.timeline.idle), kMiddleboxes.front().name,
                        duration_text(kMiddleboxes.front().silence)));
    return paragraph(probes ? fmt::format("forgotten before the first probe, at {}, comes:",
                                          duration_text(answer.timeline.idle))
                            : "forgotten, as no probes are sent:") +
           boxes;
}

}  // namespace

std::string death_text(const text::Style& style, const Explained& explained, const Answer& answer)
{
    const bool on_linux = explained.system == System::on_linux;
    return "\n" + style.bold(fmt::format("a dead peer of an idle connection, on {}", on_linux ? "Linux" : "macOS")) +
           "\n" + idle_text(answer) + "\n" + style.bold("a dead peer while data are in flight") + "\n" +
           (on_linux ? in_flight_on_linux(explained, answer) : in_flight_on_macos(answer)) + "\n" +
           style.bold("a live peer behind a middlebox") + "\n" + middlebox_text(answer);
}

}  // namespace kashim::cli
