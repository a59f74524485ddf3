// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/settings.h"

#include <span>

namespace kashim::policy {

/// What a socket has once a rule is applied that the program does not argue with. Not for "leave".
Values wanted(const Settings& ours);

/// The options in which these values may differ from those of a socket that nobody has touched: its times follow
/// sysctls, but it never probes and has no user timeout.
OptionSet options_for_fresh_socket(const Values& values);

/// The options whose present value did not come from us: they differ from everything that we, or nobody, would have
/// left there.
/// - ours: the settings this socket may have been given before (the base, the rule of an earlier connect or of the
///   listener). A user_timeout that equals dead_after of the present values is ours where one of them says "auto".
/// - untouched: values that a socket shows when nobody set them.
/// A program that sets exactly such a value cannot be told apart.
OptionSet set_by_program(const Values& now, std::span<const Settings> ours, std::span<const Values> untouched);

/// Whether these settings care what the program does with a socket after we had it: cap, override and "auto".
bool follow_program(const Settings& ours);

/// The one place where it is decided who wins: what the socket shall have. now is what it has, programs are the options
/// that the program chose (see set_by_program). "leave" leaves.
Values who_wins(const Settings& ours, const Values& now, OptionSet programs);

/// The same for a live connection on which the program has just set one option: before is what it had, now what it has.
/// Everything there counts as the program's (capping what was capped changes nothing), but for a user timeout that was
/// ours and follows ("auto").
Values who_wins_after_change(const Settings& ours, const Values& before, const Values& now, Option changed);

}  // namespace kashim::policy
