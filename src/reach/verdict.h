// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kashim::reach {

enum class Weight : std::uint8_t {
    obstacle,  ///< a preload does not reach the program
    doubt,     ///< whether it does cannot be told
    remark,    ///< it does, but not in every respect
    note,      ///< worth knowing
};

/// One thing found.
struct Diagnosis {
    std::string_view code;  ///< stable, for machines: "static", "go", "setuid" ...
    Weight weight = Weight::note;
    std::string what;    ///< one sentence, without a full stop
    std::string remedy;  ///< what to do; empty where there is nothing to be done

    friend bool operator==(const Diagnosis&, const Diagnosis&) = default;
};

enum class Reached : std::uint8_t { reached, reached_with_remarks, not_reached, unknown };

/// "reached", "reached, with remarks", "not reached by a preload", "unknown".
std::string_view to_text(Reached answer);

/// What was found, the gravest first.
struct Verdict {
    std::vector<Diagnosis> findings;

    Reached answer() const;
    bool has(std::string_view code) const;
    void add(Diagnosis finding);
};

}  // namespace kashim::reach
