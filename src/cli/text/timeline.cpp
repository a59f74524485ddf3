// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/text/timeline.h"

#include "policy/who_wins.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace kashim::cli {
namespace {

constexpr std::string_view kIndent = "  ";
constexpr std::string_view kDead = "ETIMEDOUT";
constexpr std::size_t kWidestCell = 9;
constexpr std::size_t kNarrowestCell = 6;  // "probe" and a blank

struct Mark {
    char sign;
    std::string time;
    std::string above;
    std::string below;

    std::size_t width() const { return std::max({time.size(), above.size(), below.size()}); }
};

Mark mark_of(const policy::Timeline& timeline, std::uint32_t number)
{
    if (number == 0)
        return {'|', "0s", "last", "byte"};
    if (number <= timeline.probes)
        return {'+', duration_text(timeline.probe(number)), "probe", fmt::format("{}", number)};
    return {'x', duration_text(timeline.death()), "dead:", std::string(kDead)};
}

// Both ends, and in between as many probes as there is room for: the first ones and the last ones.
std::vector<std::uint32_t> shown(std::uint32_t last, std::size_t room)
{
    std::vector<std::uint32_t> numbers;
    const std::size_t all = std::size_t{last} + 1;
    const std::size_t head = all <= room ? all : room - room / 2;
    const std::size_t tail = all <= room ? 0 : room / 2;
    for (std::size_t i = 0; i < head; ++i)
        numbers.push_back(static_cast<std::uint32_t>(i));
    for (std::size_t i = all - tail; i < all; ++i)
        numbers.push_back(static_cast<std::uint32_t>(i));
    return numbers;
}

// Every row is as long as the others while the marks are added, so that they stand below each other.
struct Rows {
    std::string times{kIndent};
    std::string line{kIndent};
    std::string above{kIndent};
    std::string below{kIndent};

    void add(const Mark& mark, std::size_t cell, std::string_view to_next)
    {
        times += fmt::format("{:<{}}", mark.time, cell);
        line += fmt::format("{}{}", mark.sign, to_next);
        above += fmt::format("{:<{}}", mark.above, cell);
        below += fmt::format("{:<{}}", mark.below, cell);
    }

    void end(const Mark& mark)
    {
        times += mark.time;
        line += mark.sign;
        above += mark.above;
        below += mark.below;
    }
};

}  // namespace

std::string duration_text(std::chrono::milliseconds duration)
{
    return duration.count() % 1000 == 0 ? fmt::format("{}s", duration.count() / 1000)
                                        : fmt::format("{}ms", duration.count());
}

std::string outcome_text(const policy::Settings& settings, policy::System system)
{
    switch (settings.keepalive) {
    case policy::Keepalive::leave:
        return "left alone";
    case policy::Keepalive::off:
        return "no probes";
    case policy::Keepalive::on:
        break;
    }
    return fmt::format("dead after {} of silence", duration_text(timeline(policy::wanted(settings), system).death()));
}

std::string drawn(const policy::Timeline& timeline, unsigned columns)
{
    const std::uint32_t last = timeline.probes + 1;
    // The last times are the longest ones.
    const std::size_t narrowest =
        std::max({kNarrowestCell, mark_of(timeline, last).time.size() + 1, mark_of(timeline, last - 1).width() + 1});
    const std::size_t line = columns - kIndent.size() - std::max(kDead.size(), mark_of(timeline, last).time.size());
    const std::size_t cell = std::clamp<std::size_t>(line / last, narrowest, std::max(kWidestCell, narrowest));
    const bool all_fit = cell * last <= line;
    // The gap is as wide as two cells: "--- ... ---".
    const std::size_t room = all_fit ? std::size_t{last} + 1 : line / cell;

    Rows rows;
    const std::vector<std::uint32_t> numbers = shown(last, room);
    for (std::size_t i = 0; i + 1 < numbers.size(); ++i) {
        const bool gap = numbers[i + 1] != numbers[i] + 1;
        const std::size_t width = gap ? 2 * cell : cell;
        rows.add(mark_of(timeline, numbers[i]), width,
                 gap ? fmt::format("{:-^{}}", " ... ", width - 1) : std::string(width - 1, '-'));
    }
    rows.end(mark_of(timeline, last));
    return fmt::format("{}\n{}\n{}\n{}\n", rows.times, rows.line, rows.above, rows.below);
}

}  // namespace kashim::cli
