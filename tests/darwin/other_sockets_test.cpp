// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "program.h"

#include "platform/socket_darwin.h"

#include <netinet/tcp.h>

namespace kashim::test {
namespace {

class DarwinOtherSockets : public DarwinTest {};

TEST_F(DarwinOtherSockets, UdpIsNeverTouched)
{
    in_force("[defaults]\napp = \"override\"\n");
    const int fd = xnu().socket(AF_INET, SOCK_DGRAM);
    EXPECT_FALSE(platform::facts_of(fd).tcp);
    EXPECT_EQ(connect(fd, kDatabase), 0);
    EXPECT_EQ(xnu().taken_calls(), Calls{});
    // SO_KEEPALIVE succeeds there, and stays what the program made it.
    EXPECT_EQ(set(fd, SOL_SOCKET, SO_KEEPALIVE, 0), 0);
    EXPECT_EQ(xnu().taken_calls(), Calls{"SO_KEEPALIVE=0"});
}

TEST_F(DarwinOtherSockets, UnixSocketsAreNeverTouched)
{
    in_force("[defaults]\napp = \"override\"\n");
    const int fd = xnu().socket(AF_UNIX, SOCK_STREAM);
    EXPECT_FALSE(platform::facts_of(fd).tcp);
    Name name(kDatabase);
    name.get()->sa_family = AF_UNIX;
    EXPECT_EQ(kashim_connect(fd, name.get(), name.size), 0);
    const int listener = xnu().listener(0, AF_UNIX);
    xnu().arrives(listener, kClient);
    EXPECT_GE(accept(listener), 0);
    EXPECT_EQ(xnu().taken_calls(), Calls{});
}

TEST_F(DarwinOtherSockets, NorInASandboxThatHidesProcessInformation)
{
    in_force("[defaults]\napp = \"override\"\n");
    xnu().hide_process_information();
    EXPECT_EQ(connect(xnu().socket(AF_INET, SOCK_DGRAM), kDatabase), 0);
    const int listener = xnu().listener(0, AF_UNIX);
    xnu().arrives(listener, kClient);
    EXPECT_GE(accept(listener), 0);
    EXPECT_EQ(xnu().taken_calls(), Calls{});
}

TEST_F(DarwinOtherSockets, AProgramThatIsLeftAloneIsNotTouched)
{
    in_force("[[rule]]\nport = 5432\nkeepalive = \"leave\"\n");
    connection();
    EXPECT_EQ(connect(tcp(), kDatabase), 0);
    EXPECT_EQ(xnu().taken_calls(), Calls{});
}

TEST_F(DarwinOtherSockets, OtherOptionsPassThrough)
{
    in_force("[defaults]\napp = \"override\"\n");
    const int fd = connection();
    EXPECT_EQ(set(fd, IPPROTO_TCP, TCP_NODELAY, 1), 0);
    EXPECT_EQ(xnu().taken_calls(), Calls{"TCP_NODELAY=1"});
}

}  // namespace
}  // namespace kashim::test
