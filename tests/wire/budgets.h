// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What the wire is asked and what the timeline must say beforehand: the unit tests compare the second with the first.
#pragma once

namespace kashim::test {

/// A budget, the count given with it or 0, and what the two make (behaviour: dead_after).
struct Budget {
    int dead_after;
    int given_count;
    int idle;
    int interval;
    int count;
};

inline constexpr Budget kBudgets[] = {
    {3, 0, 1, 1, 2},  {3, 1, 2, 1, 1},  {3, 2, 1, 1, 2},                                                         //
    {5, 0, 1, 1, 4},  {5, 1, 3, 2, 1},  {5, 2, 3, 1, 2},  {5, 3, 2, 1, 3},                                       //
    {8, 0, 4, 1, 4},  {8, 1, 4, 4, 1},  {8, 2, 4, 2, 2},  {8, 3, 5, 1, 3},  {8, 5, 3, 1, 5},  {8, 7, 1, 1, 7},   //
    {13, 0, 9, 1, 4}, {13, 1, 7, 6, 1}, {13, 2, 7, 3, 2}, {13, 3, 7, 2, 3}, {13, 5, 8, 1, 5}, {13, 7, 6, 1, 7},  //
};

/// Times with a user timeout, and the unanswered probes and the second at which the connection ends. None of the limits
/// lies so little above a probe's time that a late timer could decide.
struct Limited {
    int idle;
    int interval;
    int count;
    int user_timeout;  ///< ms
    int probes;
    int end;
};

inline constexpr Limited kLimited[] = {
    {1, 1, 3, 10'000, 9, 10},  // more probes than count
    {1, 1, 3, 500, 1, 2},      // below idle: one probe is sent all the same
    {1, 1, 3, 2'000, 1, 2},    // idle + interval: one lost probe ends it
    {1, 1, 3, 2'500, 2, 3},    // between two probes: at the later one
    {1, 1, 3, 4'000, 3, 4},    // dead_after: as if there were none
    {3, 2, 2, 1'000, 1, 5},   {3, 2, 5, 9'990, 4, 11}, {1, 4, 3, 7'000, 2, 9}, {2, 3, 1, 5'000, 1, 5},
};

}  // namespace kashim::test
