// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "config/diagnostics.h"
#include "config/document.h"
#include "config/origins.h"
#include "config/schema.h"
#include "policy/overlay.h"
#include "policy/settings.h"

#include <cstdint>
#include <optional>

namespace kashim::config {

/// A value and where it stands.
template <typename T>
struct Placed {
    T value;
    Place key;
    Place place;
};

/// What one table says of the values, before anything is inherited.
struct TableValues {
    std::optional<Placed<policy::Keepalive>> keepalive;
    std::optional<Placed<policy::Seconds>> idle;
    std::optional<Placed<policy::Seconds>> interval;
    std::optional<Placed<std::uint8_t>> count;
    std::optional<Placed<policy::UserTimeout>> user_timeout;
    std::optional<Placed<policy::App>> app;
    std::optional<Placed<std::int64_t>> dead_after;  ///< seconds
    bool faulty = false;  ///< something could not be read: no conclusions from what seems to be missing

    /// The first key in the text that is not keepalive; a place with line 0 where there is none.
    Place first_beside_keepalive() const;

    /// use(key, optional value) for each of a policy::Settings.
    template <typename Use>
    void each_setting(Use use) const
    {
        use(Key::keepalive, keepalive);
        use(Key::idle, idle);
        use(Key::interval, interval);
        use(Key::count, count);
        use(Key::user_timeout, user_timeout);
        use(Key::app, app);
    }
};

/// Reads the entry of a row with is_value into the table's values.
void read_value(const Row& row, const Entry& entry, TableValues& values, Findings& findings);

/// To be called once, when the table is read: dead_after becomes idle, interval and count, and values that contradict
/// each other are errors.
void settle(TableValues& values, Findings& findings);

/// The table's values over the inherited ones. A table that says leave inherits nothing.
policy::Settings over(const TableValues& values, const policy::Settings& inherited);

policy::Overlay to_overlay(const TableValues& values);

/// Where the values of over() were given: those of this table there, the others where they are inherited from.
ValueOrigins origins_over(const TableValues& values, ValueOrigin::Source table, const ValueOrigins& inherited);

/// "NAME must be EXPECTED, not SEEN", and the hint behind it where there is one.
std::string refusal(const Row& row, const Value& value, std::string_view hint = {});

}  // namespace kashim::config
