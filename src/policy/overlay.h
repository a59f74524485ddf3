// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/settings.h"

#include <optional>

namespace kashim::policy {

/// Values laid over whatever rule decides: the variable KASHIM_OPTIONS. An unset one keeps the rule's.
/// A dead_after arrives here as all three times.
struct Overlay {
    std::optional<Keepalive> keepalive;
    std::optional<App> app;
    std::optional<Seconds> idle;
    std::optional<Seconds> interval;
    std::optional<std::uint8_t> count;
    std::optional<UserTimeout> user_timeout;

    bool empty() const;

    /// A rule that says leave is left.
    Settings over(Settings rule) const;
};

}  // namespace kashim::policy
