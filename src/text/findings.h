// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "config/diagnostics.h"
#include "loaded/effective.h"
#include "text/style.h"

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace kashim::text {

/// All that is found about one text: a file, or KASHIM_OPTIONS.
struct TextFindings {
    std::string name;
    std::string_view text;                  ///< borrowed; empty where it could not be read
    std::vector<config::Finding> findings;  ///< in the order of the text
    bool was_read = true;
};

/// Everything there is to say about a configuration, which must outlive the answer: files that could not be read, the
/// file, KASHIM_OPTIONS with --set. Texts without findings are in it too.
std::vector<TextFindings> findings_of(const loaded::Effective& effective);

struct Tally {
    std::size_t errors = 0;
    std::size_t warnings = 0;
};

Tally tally_of(const TextFindings& about);
Tally tally_of(const std::vector<TextFindings>& all);

/// Whether warnings are shown as errors. They are counted as what they are.
enum class Strict : std::uint8_t { no, yes };

/// Prints as compilers do: each finding on a line of its own, below it the line of the text that it is about, with a
/// caret. A finding without a line, or about a text that could not be read, has none of these.
Tally print_findings(std::FILE* stream, const Style& style, const TextFindings& about, Strict strict = Strict::no);

/// The errors of a configuration, on standard error; nothing where that is closed.
void print_errors(const loaded::Effective& effective);

}  // namespace kashim::text
