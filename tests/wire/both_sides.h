// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "wire/wire.h"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace kashim::test {

/// Dead after 1 + 1 x 3 = 4 s, whatever the program chose.
inline constexpr const char* kFourSecondsForAll = R"(
[defaults]
idle = 1
interval = 1
count = 3
app = "override"
)";

/// What a slow machine may add to the seconds after which a connection ends: far more than it does, and less than all that
/// ends a connection otherwise (two hours of idle, a quarter of an hour of retransmissions, two minutes of connect()). What
/// is proved is the count of probes, and that nothing ends early.
inline constexpr double kSlowness = 60;

/// Of what is dead after 4 s. The last answered probe lies up to one idle before the cut, so the end comes 3 to 4 s after it.
inline constexpr double kEarliest = 2.7;
inline constexpr double kLatest = 4 + kSlowness;

/// Cuts every one of the ports so that all probes counted from here on, and none before, went into the void. Before, it
/// waits until all that was sent is acknowledged: beside data in flight no probes are sent, and a probe that was lost
/// already would be one of the last three. Returns the count of probes at that moment.
int cut_silent(Wire& wire, const std::vector<std::uint16_t>& ports);

/// Whether the kernel has an established connection of that local and that peer's port.
bool established(std::uint16_t local_port, std::uint16_t peer_port);

/// Whether a thread of the process waits in one of the system calls (SYS_ numbers).
bool waits_in(pid_t pid, const std::vector<long>& calls);

class Stopwatch {
public:
    double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace kashim::test
