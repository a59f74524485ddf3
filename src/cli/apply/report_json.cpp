// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/apply/report.h"
#include "cli/text/socket_json.h"

#include <utility>

namespace kashim::cli {
namespace {

Json socket_json(const sockets::SocketChange& change, const loaded::Effective& effective)
{
    const sockets::Subject& subject = change.subject;
    Json json{{"fd", change.fd},
              {"direction", subject.direction == policy::Direction::outbound ? "outbound" : "inbound"},
              {"listens", subject.listens},
              {"local", endpoint_json(subject.local)},
              {"peer", nullptr},
              {"rule", rule_json(effective, change.judgement.decision.rule)},
              {"values", values_json(change.judgement.now, change.judgement.known)}};
    if (subject.peer)
        json["peer"] = endpoint_json(*subject.peer);
    return json;
}

Json change_json(const sockets::SocketChange& change, const loaded::Effective& effective)
{
    const sockets::Judgement& judgement = change.judgement;
    Json json = socket_json(change, effective);
    json["set"] = values_json(judgement.after, judgement.wrong - change.refused);
    json["left_to_program"] = names_json(judgement.left_to_program());
    if (!change.refused.empty()) {
        json["refused"] = values_json(judgement.after, change.refused);
        json["error"] = text::errno_text(change.error);
    }
    return json;
}

Json left_json(const sockets::SocketChange& left, const loaded::Effective& effective)
{
    Json json = socket_json(left, effective);
    json["by_rule"] = left.judgement.left_by_rule;
    json["left_to_program"] = names_json(left.judgement.left_to_program());
    return json;
}

Json not_taken_json(const sockets::NotTaken& not_taken)
{
    Json json = refusal_json(not_taken.refusal);
    json["fd"] = not_taken.fd;
    return json;
}

template <typename Items, typename Each>
Json list(const Items& items, Each each)
{
    Json all = Json::array();
    for (const auto& item : items)
        all.push_back(each(item));
    return all;
}

Json tally_json(const ApplyTally& tally)
{
    return {{"set", tally.set},
            {"right", tally.right},
            {"left_to_program", tally.left_to_program},
            {"left_by_rule", tally.left_by_rule},
            {"decided_elsewhere", tally.decided_elsewhere},
            {"closed_meanwhile", tally.gone},
            {"refused", tally.refused}};
}

Json process_json(const sockets::ProcessResult& result, const loaded::Effective& effective)
{
    Json json{{"pid", result.id.pid}, {"name", result.name}, {"sockets", tally_json(tally_of(result))}};
    json["changes"] = list(result.changes, [&](const auto& change) { return change_json(change, effective); });
    json["left"] = list(result.left, [&](const auto& left) { return left_json(left, effective); });
    json["not_taken"] = list(result.not_taken, not_taken_json);
    if (result.refusal)
        json["refused"] = refusal_json(*result.refusal);
    return json;
}

}  // namespace

Json json_of(const ApplyOutcome& outcome, const loaded::Effective& effective)
{
    Json json{{"configuration", nullptr}, {"dry_run", outcome.dry_run}};
    if (effective.file.located.kind == config::Located::Kind::file)
        json["configuration"] = effective.file.located.path;
    json["processes"] = list(outcome.applied.processes, [&](const auto& one) { return process_json(one, effective); });
    json["not_seen"] = list(outcome.snapshot.unseen, [](const auto& unseen) { return refusal_json(unseen.refusal); });
    json["problems"] = outcome.problems;
    return json;
}

}  // namespace kashim::cli
