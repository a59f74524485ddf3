// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/settings.h"
#include "sockets/sockets.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace kashim::cli {

/// When a connection's next keepalive probe goes out, if nothing comes from the peer until then.
struct NextProbe {
    enum class Kind : std::uint8_t {
        none,            ///< no probing, or no timer for it
        due,             ///< in so long
        not_before,      ///< the timer ends then, but starts anew where something came meanwhile: idle is not known
        data_in_flight,  ///< none as long as sent data is not acknowledged: it is retransmitted instead
        window_closed,   ///< none as long as the peer takes no data: its window is probed instead
    };

    Kind kind = Kind::none;
    std::chrono::milliseconds in{0};
    unsigned sent =
        0;  ///< probes that nobody answered; of data_in_flight retransmissions, of window_closed window probes
};

/// values: of the socket; none where they could not be read. Sockets that no program holds (inode 0) have no keepalive timer:
/// the kernel counts down their last moments with it.
NextProbe next_probe(const sockets::Socket& socket, const std::optional<policy::Values>& values);

/// "12s", "1.9s, 2 of 5 unanswered", "none: data in flight, retransmitted 3 times", "-"
std::string to_text(const NextProbe& next, const std::optional<policy::Values>& values);

}  // namespace kashim::cli
