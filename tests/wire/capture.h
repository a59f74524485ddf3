// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace kashim::test {

/// A TCP segment as it left a socket.
struct Segment {
    double time = 0;  ///< s of CLOCK_MONOTONIC, as the kernel stamped it
    bool ipv6 = false;
    std::uint16_t source_port = 0;
    std::uint16_t destination_port = 0;
    std::uint32_t sequence = 0;
    bool syn = false;
    bool bare_acknowledgement = false;  ///< ACK alone, and no data
};

/// Records what is sent in the network namespace in which it is made, also what a Wire then drops. Needs CAP_NET_RAW
/// there.
class Capture {
public:
    /// Throws std::system_error.
    Capture();
    Capture(const Capture&) = delete;
    Capture& operator=(const Capture&) = delete;
    ~Capture();

    /// Everything so far, oldest first. Throws std::runtime_error where the kernel had to drop some.
    const std::vector<Segment>& segments();

private:
    int fd_;
    double realtime_minus_monotonic_;
    std::vector<Segment> segments_;
};

}  // namespace kashim::test
