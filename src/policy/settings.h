// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace kashim::policy {

/// Idle and interval as the kernel counts them: whole seconds, 1..32767 (tcp(7); MAX_TCP_KEEPIDLE in
/// include/net/tcp.h of Linux).
using Seconds = std::chrono::duration<std::uint16_t>;

/// User timeout as Linux counts it: milliseconds, 0 (off)..2^31-1 (tcp(7), RFC 5482).
using Milliseconds = std::chrono::duration<std::uint32_t, std::milli>;

inline constexpr Seconds kSmallestTime{1};
inline constexpr Seconds kLargestTime{32767};
inline constexpr std::uint8_t kSmallestCount = 1;
inline constexpr std::uint8_t kLargestCount = 127;
inline constexpr Milliseconds kLargestUserTimeout{2147483647};

/// How long a silent peer goes unnoticed: idle + interval x count. At most 32767 + 32767 x 127 s.
constexpr std::chrono::seconds dead_after(Seconds idle, Seconds interval, std::uint8_t count)
{
    return std::chrono::seconds(idle.count()) + std::chrono::seconds(interval.count()) * count;
}

/// The key "keepalive". leave: touch nothing, not even the times.
enum class Keepalive : std::uint8_t { off, on, leave };

/// The key "app": who wins where the program has settings of its own.
enum class App : std::uint8_t { respect, cap, override };

/// The key "user_timeout". automatic: dead_after of the values that are in force on the socket.
struct UserTimeout {
    enum class Kind : std::uint8_t { off, automatic, fixed };

    Kind kind = Kind::off;
    Milliseconds limit{0};  ///< only where kind is fixed: 1..2^31-1 ms

    friend constexpr auto operator<=>(const UserTimeout&, const UserTimeout&) = default;
};

/// What a rule, or [defaults], wants for a connection. The values a fresh one has are the built-in policy.
struct Settings {
    Keepalive keepalive = Keepalive::on;
    App app = App::respect;
    std::uint8_t count = 5;
    Seconds idle{60};
    Seconds interval{30};
    UserTimeout user_timeout;

    friend constexpr auto operator<=>(const Settings&, const Settings&) = default;
};

/// What a socket has: the five options as the kernel tells and takes them.
struct Values {
    bool keepalive = false;
    std::uint8_t count = 9;
    Seconds idle{7200};
    Seconds interval{75};
    Milliseconds user_timeout{0};

    friend constexpr bool operator==(const Values&, const Values&) = default;
};

/// A socket nobody has touched, on a Linux nobody has tuned (tcp(7): tcp_keepalive_time and its sisters).
inline constexpr Values kLinuxValues{};

/// The same on macOS (TCPTV_KEEP_IDLE and its sisters in bsd/netinet/tcp_timer.h of xnu).
inline constexpr Values kMacosValues{.count = 8};

/// The five options, as a set.
enum class Option : std::uint8_t { keepalive = 1, idle = 2, interval = 4, count = 8, user_timeout = 16 };

class OptionSet {
public:
    constexpr OptionSet() = default;
    constexpr OptionSet(Option option) : bits_(static_cast<std::uint8_t>(option)) {}

    static constexpr OptionSet all() { return OptionSet(std::uint8_t{31}); }

    constexpr bool has(Option option) const { return (bits_ & static_cast<std::uint8_t>(option)) != 0; }
    constexpr bool empty() const { return bits_ == 0; }

    friend constexpr OptionSet operator|(OptionSet a, OptionSet b)
    {
        return OptionSet(static_cast<std::uint8_t>(a.bits_ | b.bits_));
    }
    friend constexpr OptionSet operator&(OptionSet a, OptionSet b)
    {
        return OptionSet(static_cast<std::uint8_t>(a.bits_ & b.bits_));
    }
    friend constexpr OptionSet operator-(OptionSet a, OptionSet b)
    {
        return OptionSet(static_cast<std::uint8_t>(a.bits_ & ~b.bits_));
    }
    friend constexpr bool operator==(OptionSet, OptionSet) = default;

private:
    explicit constexpr OptionSet(std::uint8_t bits) : bits_(bits) {}
    std::uint8_t bits_ = 0;
};

constexpr OptionSet operator|(Option a, Option b)
{
    return OptionSet(a) | OptionSet(b);
}

/// In the order in which they are set and named everywhere: SO_KEEPALIVE comes first, see platform::set_values().
inline constexpr Option kOptions[] = {Option::keepalive, Option::idle, Option::interval, Option::count,
                                      Option::user_timeout};

/// One of the values as a number: 0 or 1, seconds, probes, milliseconds.
std::int64_t number_of(const Values& values, Option option);

/// The other way round. A number that is too large or too small for the field becomes the nearest that fits: what a
/// kernel tells may be more than anybody can set, and must stay more than ours.
void set_number(Values& values, Option option, std::int64_t number);

/// The options in which two sockets differ.
OptionSet differing(const Values& a, const Values& b);

/// The values, but the chosen options as another socket has them.
Values with(Values values, OptionSet which, const Values& other);

}  // namespace kashim::policy
