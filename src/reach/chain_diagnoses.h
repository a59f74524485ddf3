// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The words about a program that is about to start that every system has in common.
#pragma once

#include "reach/program_chain.h"
#include "reach/verdict.h"

#include <string>

namespace kashim::reach {

/// What is executed in the end, where a script or env(1) is on the way.
void about_chain(const ProgramChain& program, Verdict& verdict);

/// What gives a program rights that its starter does not have: "it is setuid root". There must be something.
struct Right {
    Cause cause{};
    std::string what;
};
Right right_of(const Privileges& privileges, const Starter& starter);

/// The name of a user, or "uid 1000".
std::string user_name(unsigned uid);

}  // namespace kashim::reach
