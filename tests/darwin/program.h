// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// A program with the library in it: the hooks by their own names, and what is in force.
#pragma once

#include "policy/program_policy.h"
#include "policy/table_builder.h"
#include "xnu.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

extern "C" {
int kashim_accept(int, sockaddr*, socklen_t*);
int kashim_accept_nocancel(int, sockaddr*, socklen_t*);
int kashim_connect(int, const sockaddr*, socklen_t);
int kashim_connect_nocancel(int, const sockaddr*, socklen_t);
int kashim_connectx(int, const sa_endpoints_t*, sae_associd_t, unsigned int, const iovec*, unsigned int, std::size_t*,
                    sae_connid_t*);
int kashim_setsockopt(int, int, int, const void*, socklen_t);
}

namespace kashim::test {

using Calls = std::vector<std::string>;

/// 192.0.2.7:5432, 2001:db8::7:5432
inline constexpr policy::Endpoint kDatabase{policy::Address::ipv4(0xc0000207), 5432};
inline constexpr policy::Endpoint kDatabase6{policy::Address::ipv6(0x20010db800000000, 7), 5432};
/// 198.51.100.9:40000
inline constexpr policy::Endpoint kClient{policy::Address::ipv4(0xc6336409), 40000};

/// Every test has a kernel of its own, and a program that has just started.
class DarwinTest : public testing::Test {
protected:
    DarwinTest();
    ~DarwinTest() override;

    /// What the configuration file says. Without it the library does nothing.
    void in_force(std::string_view file);

    /// From now on: every decision, as the log has it, without what stands before it (time and process).
    void keep_log();
    std::vector<std::string> log() const;

    /// A TCP socket of the program.
    static int tcp(int family = AF_INET) { return xnu().socket(family, SOCK_STREAM); }

    /// What the program calls, by way of the hook.
    static int connect(int fd, const policy::Endpoint& peer);
    static int accept(int listener) { return kashim_accept(listener, nullptr, nullptr); }
    static int set(int fd, int level, int name, int value)
    {
        return kashim_setsockopt(fd, level, name, &value, sizeof value);
    }

    /// A connection to the database that stands, with what was set on the way forgotten.
    static int connection();

private:
    std::unique_ptr<policy::OwnedTable> table_;
    std::unique_ptr<policy::ProgramPolicy> policy_;
    std::string log_file_;
};

/// With nothing in the file every connection gets these.
inline const Calls kBuiltIn{"SO_KEEPALIVE=1", "TCP_KEEPALIVE=60", "TCP_KEEPINTVL=30", "TCP_KEEPCNT=5"};

}  // namespace kashim::test
