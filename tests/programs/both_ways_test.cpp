// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Relays: one process, one connection in and one out, each with a rule of its own direction.
#include "programs/configurations.h"
#include "programs/debian.h"
#include "programs/loopback.h"
#include "programs/policy.h"

namespace kashim::test {
namespace {

constexpr Values kInward{.keepalive = 1, .idle = 21, .interval = 8, .count = 3};
constexpr Values kOutward{.keepalive = 1, .idle = 33, .interval = 11, .count = 7};

const std::string kBothWays = kDefaultsTable + R"(
[[rule]]
direction = "inbound"
idle = 21
interval = 8
count = 3

[[rule]]
direction = "outbound"
idle = 33
interval = 11
count = 7
)";

class BothWaysTest : public testing::Test {
protected:
    /// Asks through the relay, and looks at its two connections while the far end still owes the answer.
    void expect_both_rules(const std::vector<std::string>& relay)
    {
        Process process({.arguments = relay, .environment = preloaded_environment(directory_, kBothWays)});
        Connection client = connect_to("127.0.0.1", port_);
        client.send("GET / HTTP/1.1\r\nHost: loopback\r\n\r\n");
        Connection behind = upstream_.accept();
        EXPECT_TRUE(behind.receive_anything()) << process.err();
        EXPECT_EQ(accepted_socket(process.pid(), port_, client.local_port()).value().values, kInward);
        EXPECT_EQ(connected_socket(process.pid(), upstream_.port()).value().values, kOutward);
        behind.send("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nrelayed");
        EXPECT_TRUE(client.receive_until("relayed").ends_with("relayed"));
    }

    const TempDir directory_;
    const std::uint16_t port_ = free_port();
    Listener upstream_{"127.0.0.1"};
};

TEST_F(BothWaysTest, NginxHasTheRuleOfEachSideWhenItIsAProxy)
{
    KASHIM_NEEDS("nginx");
    const std::string upstream = host_and_port("127.0.0.1", upstream_.port());
    expect_both_rules(nginx_with(directory_, "listen " + host_and_port("127.0.0.1", port_) +
                                                 ";\nlocation / { proxy_pass http://" + upstream + "; }\n"));
}

TEST_F(BothWaysTest, SocatHasTheRuleOfEachSideWhenItIsARelay)
{
    KASHIM_NEEDS("socat");
    expect_both_rules({debian_path("socat"), "TCP4-LISTEN:" + std::to_string(port_) + ",bind=127.0.0.1",
                       "TCP:" + host_and_port("127.0.0.1", upstream_.port())});
}

}  // namespace
}  // namespace kashim::test
