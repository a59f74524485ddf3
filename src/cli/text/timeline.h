// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "platform/system.h"
#include "policy/timeline.h"

#include <string>

namespace kashim::cli {

/// A terminal has at least so many columns.
inline constexpr unsigned kDrawingColumns = 80;

/// The time line of a connection that probes, drawn in four lines of ASCII: the seconds, the line, and below each mark
/// what happens. Marks stand at equal distances; what does not fit is left out in the middle.
///
///   0s       60s      90s      120s     150s     180s     210s
///   |--------+--------+--------+--------+--------+--------x
///   last     probe    probe    probe    probe    probe    dead:
///   byte     1        2        3        4        5        ETIMEDOUT
std::string drawn(const policy::Timeline& timeline, unsigned columns = kDrawingColumns);

/// What comes of a connection with these settings whose peer is dead: "left alone", "no probes" or "dead after 45s of
/// silence", where the program sets nothing itself.
std::string outcome_text(const policy::Settings& settings, policy::System system = platform::kThisSystem);

/// 45s where it is whole seconds, else 1500ms.
std::string duration_text(std::chrono::milliseconds duration);

}  // namespace kashim::cli
