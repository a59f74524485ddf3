// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

namespace kashim::config {

/// What a text says about a time. A fault leaves the rest unset.
struct Duration {
    enum class Fault : std::uint8_t {
        none,
        not_a_time,    ///< "", "soon", "-5s"
        unknown_unit,  ///< "5x": unit is "x"; "5 s": unit is " s"
        no_unit,       ///< "1h30": a number without one after a number with one
        wrong_order,   ///< "5s2m", "1m1m": units go from large to small, each once
        fraction,      ///< "1.5s"
        too_large,     ///< above 10^10 of some unit
    };

    Fault fault = Fault::none;
    std::int64_t milliseconds = 0;
    bool bare = false;          ///< a number without a unit: seconds
    bool finest_is_ms = false;  ///< the unit ms occurs
    std::string_view unit;      ///< of unknown_unit
};

/// "500s", "2m", "1h30m", "1500ms", "60". Nothing else: no blanks, signs or fractions.
Duration read_duration(std::string_view text);

}  // namespace kashim::config
