// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "support/values.h"

#include <string>

namespace kashim::test {

/// Our rule in these tests, in numbers that no program and no kernel chooses by itself: dead after 20 + 7 x 4 = 48 s,
/// and user_timeout = "auto" makes that a limit in milliseconds too.
inline constexpr Values kRuled{.keepalive = 1, .idle = 20, .interval = 7, .count = 4, .user_timeout = 48'000};

/// What a connection has for which no rule of rule_for() matches.
inline constexpr Values kDefaults{.keepalive = 1, .idle = 90, .interval = 45, .count = 6, .user_timeout = 0};

inline const std::string kDefaultsTable = R"([defaults]
idle = 90
interval = 45
count = 6
)";

/// A file with the one rule for what the matchers say (lines of TOML).
inline std::string rule_for(const std::string& matchers, const std::string& app = "respect")
{
    return kDefaultsTable + "[[rule]]\n" + matchers + R"(
idle = 20
interval = 7
count = 4
user_timeout = "auto"
app = ")" + app +
           "\"\n";
}

/// A file that leaves the programs alone (a list as TOML writes it).
inline std::string leave(const std::string& programs)
{
    return kDefaultsTable + "[[rule]]\nprogram = " + programs + "\nkeepalive = \"leave\"\n";
}

inline std::string port_is(unsigned port)
{
    return "port = " + std::to_string(port) + "\n";
}

inline std::string outbound_to_port(unsigned port)
{
    return "direction = \"outbound\"\n" + port_is(port);
}

inline std::string inbound_on_port(unsigned port)
{
    return "direction = \"inbound\"\n" + port_is(port);
}

}  // namespace kashim::test
