// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

namespace kashim::test {

/// One measured case of the summary that tests/run.sh prints at the end.
struct Case {
    std::string name;                 ///< "carrier lost near, IPv6"
    std::string expected;             ///< "ETIMEDOUT at 4 s, 3 probes"
    std::optional<double> seconds{};  ///< from the event that `expected` counts from; none where nothing ended
    std::optional<int> probes{};      ///< sent; none where they were not counted
    std::string error{};              ///< what the program got: "ETIMEDOUT", "EOF", "nothing"
};

/// Prints "name | expected | measured s | probes | error" and, where KASHIM_WIRE_SUMMARY names a file, appends the
/// line to it in one write, so that tests that run side by side do not mix theirs. Throws std::system_error.
void record(const Case& measured);

/// "ETIMEDOUT" for 110; "EOF" for 0, which is how the test's clients report the end of a connection.
std::string error_name(int error);

}  // namespace kashim::test
