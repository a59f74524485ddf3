// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/explain/explanation_json.h"

#include "cli/explain/endpoint.h"
#include "cli/explain/middleboxes.h"
#include "cli/explain/socket_options.h"
#include "cli/explain/trace_text.h"
#include "cli/launch.h"
#include "cli/text/values_json.h"
#include "text/rule.h"

namespace kashim::cli {
namespace {

using RuleNumber = policy::Table::RuleNumber;

template <typename Value>
Json or_null(bool there, const Value& value)
{
    return there ? Json(value) : Json(nullptr);
}

Json record_json(const loaded::Effective& effective, RuleNumber number)
{
    const policy::Table& table = **effective.table;
    const std::string_view name = table.text(table.rule(number).name);
    const std::uint32_t line = table.rule(number).line;
    return {{"record", number < effective.parsed.rules.rules.size() ? "rule" : "defaults"},
            {"name", or_null(!name.empty(), name)},
            {"line", or_null(line != 0, line)}};
}

Json program_json(const AskedProgram& program)
{
    return {{"executable", program.facts.executable},
            {"executed", program.facts.executed},
            {"name", program.facts.name},
            {"script", program.facts.script},
            {"command", program.facts.command},
            {"assumed", program.assumed},
            {"unreached", or_null(!program.unreached.empty(), program.unreached)}};
}

Json configuration_json(const Explained& explained)
{
    const loaded::Effective& effective = explained.effective;
    const bool has_file = effective.file.located.kind == config::Located::Kind::file;
    return {{"file", or_null(has_file, effective.file.located.path)},
            {"options", effective.options_text},
            {"rules", effective.parsed.rules.rules.size()},
            {"rules_for_program", rules_for(effective, explained.program.facts.program())}};
}

Json rules_json(const loaded::Effective& effective, const Answer& answer)
{
    Json rules = Json::array();
    for (RuleNumber number = 0; number < answer.traces.size(); ++number) {
        const policy::Trace& trace = answer.traces[number];
        Json rule = record_json(effective, number);
        rule["matches"] = trace.matches();
        rule["asked"] = number <= answer.decision.rule;
        rule["failing"] = Json::array();
        for (const policy::Matcher matcher : trace.failing)
            rule["failing"].push_back(text::name_of(matcher));
        rule["awaits_peer"] = trace.awaits_peer;
        rules.push_back(std::move(rule));
    }
    return rules;
}

Json options_json(const Answer& answer, policy::System system)
{
    Json options = Json::object();
    if (!answer.leaves()) {
        for (const SocketOption& option : socket_options(answer.values, system))
            options[std::string(option.name)] = option.value;
    }
    return options;
}

Json before_json(const loaded::Effective& effective, const std::optional<policy::Decision>& decision)
{
    return decision ? record_json(effective, decision->rule) : Json(nullptr);
}

Json timeline_json(const policy::Timeline& timeline)
{
    const bool probes = timeline.probes != 0;
    const auto milliseconds = [](const auto& limit) { return limit ? Json(limit->count()) : Json(nullptr); };
    return {{"probes", timeline.probes},
            {"first_probe", or_null(probes, timeline.idle.count())},
            {"interval", or_null(probes, timeline.interval.count())},
            {"death", or_null(probes, timeline.death().count())},
            {"user_timeout_decides", timeline.user_timeout_decides},
            {"in_flight_ms", milliseconds(timeline.in_flight)},
            {"connect_ms", milliseconds(timeline.connect)}};
}

Json middleboxes_json(const policy::Timeline& timeline)
{
    Json boxes = Json::array();
    for (const Middlebox& box : kMiddleboxes)
        boxes.push_back({{"name", box.name}, {"silence", box.silence.count()}, {"forgets", box.forgets(timeline)}});
    return boxes;
}

Json answer_json(const Explained& explained, const Answer& answer)
{
    const loaded::Effective& effective = explained.effective;
    Json peers = Json::array();
    for (const policy::Address& peer : answer.peers)
        peers.push_back(address_text(peer));
    return {{"peers", peers},
            {"decides", record_json(effective, answer.decision.rule)},
            {"depends_on_peer", answer.decision.depends_on_peer},
            {"rules", rules_json(effective, answer)},
            {"values", values_json(effective, answer.decision.rule)},
            {"options", options_json(answer, explained.system)},
            {"set_before",
             {{"socket", before_json(effective, answer.base)}, {"listen", before_json(effective, answer.listener)}}},
            {"timeline", timeline_json(answer.timeline)},
            {"middleboxes", middleboxes_json(answer.timeline)}};
}

}  // namespace

Json explain_json(const Explained& explained, const std::vector<Answer>& all)
{
    const AskedConnection& connection = explained.connection;
    Json answers = Json::array();
    for (const Answer& answer : all)
        answers.push_back(answer_json(explained, answer));
    return {{"disabled", !explained.program.process && is_disabled()},
            {"system", explained.system == policy::System::on_linux ? "linux" : "macos"},
            {"program", program_json(explained.program)},
            {"configuration", configuration_json(explained)},
            {"connection",
             {{"direction", connection.direction == policy::Direction::outbound ? "outbound" : "inbound"},
              {"host", connection.host},
              {"port", connection.port}}},
            {"answers", answers}};
}

}  // namespace kashim::cli
