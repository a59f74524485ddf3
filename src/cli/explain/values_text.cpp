// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/explain/explanation_text.h"
#include "cli/explain/socket_options.h"
#include "platform/describe.h"
#include "policy/who_wins.h"
#include "text/cells.h"
#include "text/origin.h"
#include "text/rule.h"

#include <fmt/format.h>

#include <array>

namespace kashim::cli {
namespace {

using policy::App;
using policy::Direction;
using policy::Keepalive;
using policy::System;

std::string_view who_wins_text(const policy::Settings& settings)
{
    const bool off = settings.keepalive == Keepalive::off;
    switch (settings.app) {
    case App::override:
        return off ? "these values stay: a program that switches probing on succeeds, and gets none"
                   : "these values stay, whatever the program sets; its calls succeed";
    case App::cap:
        return off ? "without probing there is nothing to cap: what the program sets itself wins"
                   : "what the program sets itself wins where it notices a death earlier, never later";
    case App::respect:
        break;
    }
    return off ? "what the program sets itself wins: one that switches probing on gets these times"
               : "what the program sets itself wins, option by option; these fill what it leaves alone";
}

std::string options_text(const policy::Values& values, System system)
{
    std::string text;
    for (const SocketOption& option : socket_options(values, system))
        text += fmt::format("{}{}={}", text.empty() ? "" : " ", option.name, option.value);
    return text;
}

std::string decided_text(const Explained& explained, const policy::Decision& decision)
{
    if (decision.settings.keepalive == Keepalive::leave)
        return "nothing";
    std::array<char, 128> memory;
    platform::Text values(memory);
    platform::append_values(values, policy::wanted(decision.settings), policy::OptionSet::all());
    return fmt::format("{}:{}", text::harmless(text::rule_text(**explained.effective.table, decision.rule)),
                       values.view());
}

bool same_values(const policy::Decision& a, const policy::Decision& b)
{
    return policy::wanted(a.settings) == policy::wanted(b.settings) && a.settings.keepalive == b.settings.keepalive;
}

// Which rules in front of the one that decides may decide for some peer.
std::string awaiting_text(const Explained& explained, const Answer& answer)
{
    std::string text;
    for (policy::Table::RuleNumber number = 0; number < answer.decision.rule && number < answer.traces.size();
         ++number) {
        if (answer.traces[number].may_match())
            text +=
                fmt::format("{}line {}", text.empty() ? "" : ", ", explained.effective.parsed.rules.rules[number].line);
    }
    return text;
}

std::string socket_row(const Explained& explained, const Answer& answer)
{
    if (!answer.base)
        return row("at socket()", "nothing: a rule for this program says \"leave\", and what was set stays set");
    if (same_values(*answer.base, answer.decision))
        return row("at socket()", "these values already");
    return row("at socket()", decided_text(explained, *answer.base));
}

std::string listener_rows(const Explained& explained, const Answer& answer)
{
    const bool is_listener = explained.connection.is_listener();
    std::string text;
    if (!answer.listener)
        text += row("at listen()", "nothing: a rule for this port names peers");
    else if (is_listener || same_values(*answer.listener, answer.decision))
        text += row("at listen()", "these values; accepted connections inherit them");
    else
        text += row("at listen()", decided_text(explained, *answer.listener));
    const bool inherits = answer.listener && !answer.listener->depends_on_peer;
    if (!inherits)
        text += row("at accept()", is_listener ? "what the rules say for the peer" : "these values");
    return text;
}

std::string when_rows(const Explained& explained, const Answer& answer)
{
    const bool outbound = explained.connection.direction == Direction::outbound;
    if (explained.system == System::on_macos)
        return outbound ? row("at connect()", "these values; nothing is set before")
                        : row("at accept()", "these values; nothing is set on the listener, which macOS would probe");
    std::string text = socket_row(explained, answer);
    if (outbound)
        return answer.base && same_values(*answer.base, answer.decision) ? text
                                                                         : text + row("at connect()", "these values");
    return text + listener_rows(explained, answer);
}

}  // namespace

std::string values_text(const text::Style& style, const Explained& explained, const Answer& answer)
{
    const policy::Settings& settings = answer.decision.settings;
    std::string text = "\n" + style.bold("values, where the program sets nothing itself") + "\n";
    for (const text::SettingText& setting :
         text::setting_texts(settings, text::origins_in_force(explained.effective, answer.decision.rule)))
        text += row(config::row(setting.key).name,
                    fmt::format("{:16} {}", setting.value,
                                style.faint(text::harmless(text::origin_text(explained.effective, setting.origin)))));
    if (!answer.leaves()) {
        text += row("options", options_text(answer.values, explained.system));
        text += when_rows(explained, answer);
        text += row("who wins", who_wins_text(settings));
    }
    if (const std::string awaiting = awaiting_text(explained, answer); !awaiting.empty())
        text += row("other peers", fmt::format("may meet another rule: {}; --peer ADDRESS asks for one", awaiting));
    return text;
}

}  // namespace kashim::cli
