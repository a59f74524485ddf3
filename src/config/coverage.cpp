// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/coverage.h"

#include <algorithm>

namespace kashim::config {
namespace {

using policy::Address;
using policy::Network;
using policy::PortRange;

bool follows(const PortRange& last, const PortRange& next)
{
    return next.first == last.last + 1;
}

bool follows(const Network& last, const Network& next)
{
    Address behind = last.last;
    if (++behind.low == 0)
        ++behind.high;
    return next.first == behind;
}

bool same_kind(const PortRange&, const PortRange&)
{
    return true;
}

bool same_kind(const Network& a, const Network& b)
{
    return a.first.family == b.first.family;
}

template <typename Range>
std::vector<Range> joined(std::vector<Range> ranges)
{
    std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.first < b.first; });
    std::vector<Range> result;
    for (const Range& range : ranges) {
        const bool joins = !result.empty() && same_kind(result.back(), range) &&
                           (range.first <= result.back().last || follows(result.back(), range));
        if (joins)
            result.back().last = std::max(result.back().last, range.last);
        else
            result.push_back(range);
    }
    return result;
}

// An empty list matches everything.
template <typename Range>
bool cover(const std::vector<Range>& ours, const std::vector<Range>& theirs)
{
    if (ours.empty())
        return true;
    return !theirs.empty() && std::all_of(theirs.begin(), theirs.end(), [&ours](const Range& wanted) {
        const auto behind = std::upper_bound(ours.begin(), ours.end(), wanted,
                                             [](const Range& a, const Range& b) { return a.first < b.first; });
        return behind != ours.begin() && same_kind(behind[-1], wanted) && wanted.last <= behind[-1].last;
    });
}

bool cover(const std::vector<std::string>& ours, const std::vector<std::string>& theirs)
{
    if (ours.empty())
        return true;
    return !theirs.empty() && std::includes(ours.begin(), ours.end(), theirs.begin(), theirs.end());
}

std::vector<std::string> sorted_set(std::vector<std::string> patterns)
{
    std::sort(patterns.begin(), patterns.end());
    patterns.erase(std::unique(patterns.begin(), patterns.end()), patterns.end());
    return patterns;
}

}  // namespace

Coverage::Coverage(const policy::Rule& rule)
    : programs(sorted_set(rule.selector.programs)), commands(sorted_set(rule.selector.commands)),
      direction(rule.direction), ports(joined(rule.ports)), peers(joined(rule.peers))
{
}

bool Coverage::covers(const Coverage& other) const
{
    const auto directions = static_cast<unsigned>(direction);
    const auto other_directions = static_cast<unsigned>(other.direction);
    return (other_directions & ~directions) == 0 && cover(programs, other.programs) &&
           cover(commands, other.commands) && cover(ports, other.ports) && cover(peers, other.peers);
}

}  // namespace kashim::config
