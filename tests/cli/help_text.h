// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What the command says of itself: manual pages and completions are held against it.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace kashim::test {

using Words = std::set<std::string>;

std::vector<std::string> lines_of(const std::string& text);

/// kashim --help, or kashim VERB --help.
std::string help(const std::vector<std::string>& verb = {});

/// The verbs that kashim --help lists.
Words verbs();

/// The long options in the left column of a help text.
Words options_in(const std::string& text);

/// Whether all of the wanted are among them.
bool holds(const Words& all, const Words& wanted);

}  // namespace kashim::test
