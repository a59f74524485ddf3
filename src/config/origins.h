// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "config/diagnostics.h"
#include "config/schema.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <vector>

namespace kashim::config {

/// Where a value that is in force was given.
struct ValueOrigin {
    enum class Source : std::uint8_t { built_in, defaults, rule, options };

    Source source = Source::built_in;
    bool from_budget = false;  ///< a dead_after stands there, and was split into idle, interval and count
    Place place;               ///< of the value: in the file, or in KASHIM_OPTIONS; line 0 where it is built in

    friend bool operator==(const ValueOrigin&, const ValueOrigin&) = default;
};

/// Of every value of one policy::Settings, by its key.
class ValueOrigins {
public:
    const ValueOrigin& operator[](Key key) const { return origins_[static_cast<std::size_t>(key)]; }
    ValueOrigin& operator[](Key key) { return origins_[static_cast<std::size_t>(key)]; }

    friend bool operator==(const ValueOrigins&, const ValueOrigins&) = default;

private:
    std::array<ValueOrigin, std::size(kSettingKeys)> origins_{};
};

/// Of one table of a file.
struct Origin {
    Place header;  ///< of [defaults] or [[rule]]; line 0 where the file has no [defaults]
    ValueOrigins values;
};

/// Of a whole file.
struct Origins {
    Origin defaults;
    std::vector<Origin> rules;  ///< as many as there are rules
};

}  // namespace kashim::config
