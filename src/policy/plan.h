// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What to set on one socket. Whoever sets, shows or foretells it asks here.
#pragma once

#include "policy/expected.h"
#include "policy/settings.h"

namespace kashim::policy {

/// What the kernel told of a socket. An option that it did not tell is missing from known: Multipath TCP may have no
/// user timeout.
struct [[nodiscard]] Reading {
    Values values;
    OptionSet known;
};

struct [[nodiscard]] Plan {
    OptionSet programs;  ///< in which the socket's value is the program's own choice
    Values after;        ///< what the socket shall have
    OptionSet to_set;    ///< what has to be set for that
};

/// The plan for a socket under these settings; "leave" plans nothing.
/// - programs: the options that the program chose (Expected::set_by_program())
/// - asked: the options that were read
/// An option that the kernel did not tell although it was asked is set all the same, unless there is nothing to ask for:
/// the kernel may take it, and a refusal is worth saying.
Plan plan(const Settings& ours, const Reading& now, OptionSet programs, OptionSet asked = OptionSet::all());

/// The same for a live connection on which the program has just set one option: see who_wins_after_change().
Plan plan_after_change(const Settings& ours, const Values& before, const Reading& now, Option changed);

/// Takes back what was ours: the socket has lost its peer, or got none. before_us is what it had before we came.
Plan plan_to_take_back(const Expected& expected, const Reading& now, const Values& before_us);

}  // namespace kashim::policy
