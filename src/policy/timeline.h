// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/settings.h"

#include <chrono>
#include <cstdint>
#include <optional>

namespace kashim::policy {

/// Linux gives up a connect() that nobody answers after about so long (tcp(7): tcp_syn_retries, with 1 s doubled six
/// times). A user timeout below that ends it instead.
inline constexpr std::chrono::seconds kUsualConnect{130};

/// Whose kernel.
enum class System : std::uint8_t { on_linux, on_macos };

/// What an idle connection with these values does once its peer is dead and says nothing any more. Times count from the
/// last byte that came; they are the earliest: a kernel's timers run late (on Linux by up to an eighth,
/// kernel/time/timer.c), never early.
///
/// Linux: when a probe is due, tcp_keepalive_timer (net/ipv4/tcp_timer.c) ends the connection instead if count probes
/// went unanswered; but where there is a user timeout it asks instead whether that much time has passed and at least one
/// probe was sent.
///
/// macOS: when a probe is due, tcp_timers (bsd/netinet/tcp_timer.c of xnu, TCPT_KEEP) ends the connection instead if
/// nothing came for idle + interval x count. TCP_RXT_CONNDROPTIME does not matter there.
struct Timeline {
    std::chrono::seconds idle{0};
    std::chrono::seconds interval{0};

    /// Unanswered ones before the end. 0: no probing, and the connection stays for ever.
    std::uint32_t probes = 0;

    /// Not the count: the user timeout makes them so many. Timers that run late may then save some of them, as the time
    /// that passed is compared; but the end never comes before the user timeout itself.
    bool user_timeout_decides = false;

    /// How long sent data wait for an acknowledgement, from the first retransmission on. Nothing: until TCP's own
    /// retransmissions give up.
    /// Linux: TCP_USER_TIMEOUT; no probe is sent meanwhile. macOS: TCP_RXT_CONNDROPTIME, in whole seconds.
    std::optional<std::chrono::milliseconds> in_flight{};

    /// How long connect() waits for an answer at most; TCP's own retransmissions may give up before. Only Linux's user
    /// timeout reaches there (tcp_write_timeout); on macOS the clock of TCP_RXT_CONNDROPTIME runs once established.
    std::optional<std::chrono::milliseconds> connect{};

    /// The first has the number 1.
    std::chrono::seconds probe(std::uint32_t number) const { return idle + interval * (number - 1); }

    /// When the probe after the last one would be due. Only where there are probes.
    std::chrono::seconds death() const { return probe(probes + 1); }

    friend bool operator==(const Timeline&, const Timeline&) = default;
};

Timeline timeline(const Values& values, System system);

/// TCP_RXT_CONNDROPTIME counts whole seconds, and 0 is off: rounded up.
constexpr std::chrono::seconds conn_drop_time(Milliseconds user_timeout)
{
    return std::chrono::ceil<std::chrono::seconds>(std::chrono::milliseconds(user_timeout));
}

}  // namespace kashim::policy
