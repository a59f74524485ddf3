// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// `kashim explain`, in words.
#pragma once

#include "cli/explain/explanation.h"
#include "text/style.h"

#include <string>

namespace kashim::cli {

/// What of a program, a configuration and a connection an answer is about.
struct Explained {
    const loaded::Effective& effective;
    const AskedProgram& program;
    const AskedConnection& connection;
    policy::System system;
};

/// psql to localhost:5432 ([::1]:5432, 127.0.0.1:5432): dead after 45s of silence, by rule "database" at line 4
std::string headline(const Explained& explained, const Answer& answer);

/// Who asks, with which configuration: what is the same for every answer.
std::string preamble(const text::Style& style, const Explained& explained);

/// Everything about one answer but its headline.
std::string answer_text(const text::Style& style, const Explained& explained, const Answer& answer);

/// Every rule in order, with "matched" or why not.
std::string rules_text(const text::Style& style, const Explained& explained, const Answer& answer);

/// The values with their origins, who wins, and when they are set.
std::string values_text(const text::Style& style, const Explained& explained, const Answer& answer);

/// What happens when the peer dies: while the connection is idle, and while data are in flight; middleboxes.
std::string death_text(const text::Style& style, const Explained& explained, const Answer& answer);

/// A line of a block: the key in a column of its own.
std::string row(std::string_view key, std::string_view text);

}  // namespace kashim::cli
