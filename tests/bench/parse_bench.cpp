// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What a file costs at load: reading its text into rules, and compiling them.
#include "config/parse.h"
#include "policy/table_builder.h"
#include "support/process.h"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>

namespace kashim::bench {
namespace {

/// As many rules as asked for, two lines and a header each.
std::string generated(std::int64_t rules)
{
    std::string text;
    for (std::int64_t i = 0; i < rules; ++i)
        text += "[[rule]]\nport = " + std::to_string(1 + i % 65535) + "\ndead_after = \"45s\"\n";
    return text;
}

void load(benchmark::State& state, const std::string& text)
{
    if (!config::parse(text, config::Warnings::no).good())
        std::abort();
    for (auto _ : state) {
        const config::Parsed parsed = config::parse(text, config::Warnings::no);
        benchmark::DoNotOptimize(policy::build_table(parsed.rules));
    }
}

void thirty_lines(benchmark::State& state)
{
    load(state, test::read_file(std::string(KASHIM_SOURCE_DIR) + "/tests/bench/30-lines.toml"));
}

void rules(benchmark::State& state)
{
    load(state, generated(state.range(0)));
}

BENCHMARK(thirty_lines)->Unit(benchmark::kMicrosecond);
BENCHMARK(rules)->Unit(benchmark::kMicrosecond)->RangeMultiplier(10)->Range(10, 10'000);

}  // namespace
}  // namespace kashim::bench
