// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "loaded/effective.h"
#include "policy/program.h"

#include <string>
#include <vector>

namespace kashim::cli {

/// What a configuration has to do with a program.
struct Concern {
    std::vector<const policy::Rule*> rules;  ///< those that may decide about a connection of it, in their order
    bool leaves_everything = false;          ///< whatever its connections are, they are left alone
    std::string text;                        ///< one clause that says so

    /// No rule of the file is for it, or it is left alone: what a user must read before anything else.
    bool comes_first() const { return rules.empty() || leaves_everything; }
};

/// The configuration must be good, and outlive the answer.
Concern concern_of(const loaded::Effective& effective, const policy::Program& program);

}  // namespace kashim::cli
