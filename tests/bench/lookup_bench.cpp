// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What one connect costs in the policy, as rules grow: the compiled table against a walk through the rules.
#include "bench/rules.h"
#include "policy/policy.h"
#include "policy/table_builder.h"

#include <benchmark/benchmark.h>

#include <algorithm>

namespace kashim::bench {
namespace {

constexpr std::size_t kPeers = 1024;  // more than a branch predictor learns by heart

std::size_t walk(const policy::RuleSet& set, const policy::Endpoint& peer)
{
    const auto matches = [&peer](const policy::Rule& rule) {
        const auto port = [&peer](const policy::PortRange& range) { return range.contains(peer.port); };
        const auto network = [&peer](const policy::Network& peers) { return peers.contains(peer.address); };
        return (rule.ports.empty() || std::any_of(rule.ports.begin(), rule.ports.end(), port)) &&
               (rule.peers.empty() || std::any_of(rule.peers.begin(), rule.peers.end(), network));
    };
    return static_cast<std::size_t>(std::find_if(set.rules.begin(), set.rules.end(), matches) - set.rules.begin());
}

void table(benchmark::State& state, bool mixed)
{
    const policy::RuleSet set = rules(static_cast<std::size_t>(state.range(0)), mixed);
    const auto table = policy::build_table(set);
    std::vector<std::uint32_t> storage(policy::Policy::capacity(**table));
    const policy::Policy compiled(**table, {}, {}, storage);
    const std::vector<policy::Endpoint> asked = peers(set, kPeers);
    std::size_t i = 0;
    for (auto _ : state)
        benchmark::DoNotOptimize(compiled.outbound(asked[i++ % kPeers]));
    state.counters["bytes/rule"] = static_cast<double>(table->size()) / static_cast<double>(set.rules.size());
}

void linear(benchmark::State& state, bool mixed)
{
    const policy::RuleSet set = rules(static_cast<std::size_t>(state.range(0)), mixed);
    const std::vector<policy::Endpoint> asked = peers(set, kPeers);
    std::size_t i = 0;
    for (auto _ : state)
        benchmark::DoNotOptimize(walk(set, asked[i++ % kPeers]));
}

BENCHMARK_CAPTURE(table, ports, false)->RangeMultiplier(10)->Range(10, 10'000);
BENCHMARK_CAPTURE(table, ports_and_peers, true)->RangeMultiplier(10)->Range(10, 10'000);
BENCHMARK_CAPTURE(linear, ports, false)->RangeMultiplier(10)->Range(10, 10'000);
BENCHMARK_CAPTURE(linear, ports_and_peers, true)->RangeMultiplier(10)->Range(10, 10'000);

}  // namespace
}  // namespace kashim::bench
