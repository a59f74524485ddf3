// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/show/next_probe.h"
#include "cli/show/view_text.h"
#include "cli/text/socket_json.h"

#include <optional>
#include <string_view>
#include <utility>

namespace kashim::cli {
namespace {

std::string_view held_name(Row::Whose held)
{
    switch (held) {
    case Row::Whose::unseen:
        return "unseen process";
    case Row::Whose::by_nobody:
        return "no process";
    case Row::Whose::queued:
        return "not accepted yet";
    case Row::Whose::closed:
        return "closed by its program";
    case Row::Whose::by_process:
        break;
    }
    return "process";
}

std::string_view timer_name(sockets::Timer::Kind kind)
{
    switch (kind) {
    case sockets::Timer::Kind::retransmit:
        return "retransmit";
    case sockets::Timer::Kind::keepalive:
        return "keepalive";
    case sockets::Timer::Kind::window_probe:
        return "window probe";
    case sockets::Timer::Kind::other:
        return "other";
    case sockets::Timer::Kind::none:
        break;
    }
    return "none";
}

Json timer_json(const sockets::Timer& timer)
{
    if (timer.kind == sockets::Timer::Kind::none)
        return nullptr;
    return {{"kind", timer_name(timer.kind)}, {"expires_ms", timer.expires.count()}, {"sent", timer.sent}};
}

Json processes_json(const Row& row)
{
    Json processes = Json::array();
    for (const Owner& owner : row.owners)
        processes.push_back({{"pid", owner.pid}, {"name", owner.name}, {"fd", owner.fd}});
    return processes;
}

void add_values(Json& json, const sockets::Judgement& judgement)
{
    const policy::Values& now = judgement.now;
    json["values"] = values_json(now, judgement.known);
    json["dead_after"] = nullptr;
    if (now.keepalive)
        json["dead_after"] = policy::dead_after(now.idle, now.interval, now.count).count();
}

std::string_view verdict_name(const sockets::Judgement& judgement)
{
    if (judgement.left_by_rule)
        return "left by rule";
    if (!judgement.right())
        return "differs";
    return judgement.left_to_program().empty() ? "agrees" : "left to the program";
}

void add_verdict(Json& json, const Row& row, const loaded::Effective& effective)
{
    const sockets::Judgement& judgement = *row.judgement;
    json["direction"] = row.direction == policy::Direction::outbound ? "outbound" : "inbound";
    json["rule"] = rule_json(effective, judgement.decision.rule);
    json["verdict"] = verdict_name(judgement);
    json["to_set"] = values_json(judgement.after, judgement.wrong);
    json["left_to_program"] = names_json(judgement.left_to_program());
}

void add_next_probe(Json& json, const Row& row)
{
    const std::optional<policy::Values> values = row.judgement ? std::optional(row.judgement->now) : std::nullopt;
    const NextProbe next = next_probe(row.socket, values);
    if (next.kind != NextProbe::Kind::due)
        return;
    json["next_probe_ms"] = next.in.count();
    json["unanswered_probes"] = next.sent;
}

Json row_json(const Row& row, const loaded::Effective& effective)
{
    const sockets::Socket& socket = row.socket;
    Json json{{"state", to_text(socket.state)},
              {"local", endpoint_json(socket.local)},
              {"peer", nullptr},
              {"multipath", socket.multipath},
              {"netns", row.netns},
              {"uid", socket.uid},
              {"inode", socket.inode},
              {"receive_queue", socket.receive_queue},
              {"send_queue", socket.send_queue},
              {"held_by", held_name(row.held)},
              {"processes", processes_json(row)},
              {"timer", timer_json(socket.timer)}};
    if (socket.state != sockets::TcpState::listen)
        json["peer"] = endpoint_json(socket.peer);
    if (socket.silence)
        json["silent_ms"] = socket.silence->count();
    add_next_probe(json, row);
    if (!row.judgement) {
        json["values"] = nullptr;
        return json;
    }
    add_values(json, *row.judgement);
    add_verdict(json, row, effective);
    return json;
}

Json not_seen_json(const View& view)
{
    Json all = Json::array();
    for (const Gap& gap : view.gaps) {
        Json json = refusal_json(gap.refusal);
        json["processes"] = gap.processes;
        json["sockets_without_values"] = gap.sockets;
        all.push_back(std::move(json));
    }
    for (const sockets::Refusal& refusal : view.namespaces) {
        Json json = refusal_json(refusal);
        json["network_namespace"] = true;
        all.push_back(std::move(json));
    }
    return all;
}

}  // namespace

Json json_of(const View& view, const loaded::Effective& effective)
{
    Json json{{"configuration", nullptr}, {"sockets", Json::array()}, {"not_seen", not_seen_json(view)}};
    if (effective.file.located.kind == config::Located::Kind::file)
        json["configuration"] = effective.file.located.path;
    for (const Row& row : view.rows)
        json["sockets"].push_back(row_json(row, effective));
    return json;
}

}  // namespace kashim::cli
