// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// A pass of the watch, second half: the sockets that have to be looked at are taken, judged and set.
#include "guard/watch_state.h"

#include "host/proc.h"
#include "policy/who_wins.h"

#include <tuple>
#include <unordered_set>
#include <utility>

namespace kashim::guard {
namespace {

bool same(const host::ProgramFacts& a, const host::ProgramFacts& b)
{
    const auto all = [](const host::ProgramFacts& facts) {
        return std::tie(facts.executable, facts.executed, facts.name, facts.script, facts.command);
    };
    return all(a) == all(b);
}

}  // namespace

void Watch::State::retake(const Due& one, Pass& pass)
{
    const Record& record = one.network->records.find(one.socket->cookie)->second;
    const std::shared_ptr<WatchedProgram> program = record.program;
    take(*one.network, *one.socket, record.fd, program, target_of(program->process), pass, When::in_a_pass);
    // Not under that number any more: perhaps under another one, or in another process.
    if (!one.network->records.contains(one.socket->cookie))
        unknown.emplace(one.socket->inode, one);
}

// Reading where a descriptor leads is what costs in a process that has thousands. The numbers under which we know
// sockets that still live are skipped, but for a share of them each time: a program may have put another socket there
// (dup2) while the known one lives on elsewhere.
void Watch::State::find_holders(const std::vector<host::RunningProcess>& processes, Pass& pass)
{
    std::map<host::ProcessId, std::unordered_set<int>> known;
    for (const auto& [id, network] : networks) {
        for (const auto& [cookie, record] : network.records) {
            if (record.program != nullptr && record.seen == number)
                known[record.program->process].insert(record.fd);
        }
    }
    const auto share = static_cast<int>(number / kTurns % kTurns);
    for (const host::RunningProcess& one : processes) {
        if (unknown.empty())
            break;
        const std::unordered_set<int>& numbers = known[one.id];
        const sockets::SocketDescriptors descriptors =
            sockets::socket_descriptors(one.id.pid, [&numbers, share](int fd) {
                return fd % static_cast<int>(kTurns) == share || !numbers.contains(fd);
            });
        if (descriptors.refusal)
            tell(one.id, *descriptors.refusal, pass);
        else
            take_unknown(one.id, descriptors, pass);
    }
    for (const auto& [inode, strange] : unknown) {
        Record& record = strange.network->records[strange.socket->cookie];
        record.inode = inode;
        record.rules = rules_generation;
        record.seen = number;
    }
}

void Watch::State::take_unknown(const host::ProcessId& process, const sockets::SocketDescriptors& descriptors,
                                Pass& pass)
{
    std::shared_ptr<WatchedProgram> program;
    for (const sockets::SocketDescriptor& descriptor : descriptors.sockets) {
        const auto found = unknown.find(descriptor.inode);
        if (found == unknown.end())
            continue;
        const Due wanted = found->second;
        unknown.erase(found);
        if (program == nullptr)
            program = program_of(process);
        if (program != nullptr)
            take(*wanted.network, *wanted.socket, descriptor.fd, program, target_of(process), pass, When::in_a_pass);
    }
}

void Watch::State::take(WatchedNetwork& network, const sockets::Socket& socket, int fd,
                        const std::shared_ptr<WatchedProgram>& program, const sockets::HeldProcess& from, Pass& pass,
                        When when)
{
    const auto known = network.records.find(socket.cookie);
    const sockets::Left* const left =
        known != network.records.end() && known->second.left ? &*known->second.left : nullptr;
    ++pass.taken;
    sockets::Examined examined = sockets::examine(from, {fd, &socket, &network.now, true}, policy_of(*program),
                                                  left != nullptr ? sockets::Present::as_found : present, left);
    if (examined.gone || examined.unconnected) {
        network.records.erase(socket.cookie);
        return;
    }
    Record& record = network.records[socket.cookie];
    record.inode = socket.inode;
    record.fd = fd;
    record.seen = number;
    if (examined.refusal) {
        tell(program->process, *examined.refusal, pass);
        record.program = nullptr;
        record.rules = rules_generation;
        return;
    }
    record.program = program;
    const sockets::Judgement& judgement = *examined.judgement;
    if (when == When::in_a_pass && !judgement.right() && sockets::probes_at_once(examined) &&
        ++at_once > sockets::kProbesAtOnce) {
        record.waits = true;
        waiting.push_back({network.now.id, socket.cookie});
        return;
    }
    record.odd_timer = record.odd_timer || (record.in_doubt && judgement.right());
    record.in_doubt = false;
    record.rules = rules_generation;
    record.follows = !judgement.left_by_rule && policy::follow_program(judgement.decision.settings);
    record.left.reset();
    if (judgement.left_by_rule)
        return;
    record.left = {judgement.after, judgement.programs, examined.subject.direction};
    if (judgement.right())
        return;
    const sockets::SocketChange& change =
        pass.changes.emplace_back(set(program->process, program->facts.name, fd, examined));
    record.left->values = policy::with(judgement.after, change.refused, judgement.now);
}

Pass Watch::State::slice()
{
    Pass pass;
    for (std::size_t i = 0; i < slice_size && !waiting.empty(); ++i) {
        const Waiting next = waiting.front();
        waiting.pop_front();
        const auto network = networks.find(next.network);
        if (network == networks.end())
            continue;
        const auto entry = network->second.records.find(next.cookie);
        if (entry == network->second.records.end() || !entry->second.waits)
            continue;
        Record& record = entry->second;
        record.waits = false;
        sockets::Socket socket;
        socket.cookie = next.cookie;
        socket.inode = record.inode;
        take(network->second, socket, record.fd, record.program, target_of(record.program->process), pass,
             When::in_a_slice);
    }
    if (waiting.empty())
        slice_size = sockets::kProbesAtOnce;
    return pass;
}

const sockets::HeldProcess& Watch::State::target_of(const host::ProcessId& id)
{
    if (!target || target->id() != id)
        target.emplace(id);
    return *target;
}

std::shared_ptr<WatchedProgram> Watch::State::program_of(const host::ProcessId& id)
{
    auto facts = host::program_facts_of(id.pid);
    if (!facts)
        return nullptr;
    std::weak_ptr<WatchedProgram>& known = programs[id];
    auto program = known.lock();
    if (program == nullptr || !same(program->facts, *facts)) {
        program = std::make_shared<WatchedProgram>();
        program->process = id;
        program->facts = std::move(*facts);
        known = program;
    }
    return program;
}

const policy::Policy& Watch::State::policy_of(WatchedProgram& program) const
{
    if (program.rules != rules_generation) {
        program.policy.emplace(rules, program.facts.program());
        program.rules = rules_generation;
    }
    return **program.policy;
}

void Watch::State::tell(const host::ProcessId& process, const sockets::Refusal& refusal, Pass& pass)
{
    if (refusal.why != sockets::Refusal::Why::gone && told.insert(process).second)
        pass.troubles.push_back({process, host::proc_name(process.pid).value_or(std::string()), refusal});
}

}  // namespace kashim::guard
