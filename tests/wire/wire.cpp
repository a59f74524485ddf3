// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "wire/wire.h"

#include "programs/debian.h"
#include "support/process.h"
#include "wire/namespaces.h"

#include <stdexcept>
#include <vector>

namespace kashim::test {
namespace {

Result nft(const std::string& commands)
{
    return run({.arguments = {debian_path("nft"), "-f", "-"}, .input = commands});
}

/// Each cut has a chain of its own, so that cutting one port and mending another do not meet.
std::string chain_of(std::uint16_t port)
{
    return "port" + std::to_string(port);
}

void expect_ok(const Result& result)
{
    if (!result.ok())
        throw std::runtime_error("nft: " + result.err);
}

void drop_in(const std::string& chain, const std::vector<std::string>& matches)
{
    std::string commands = "add chain inet kashim " + chain + " { type filter hook input priority 0; }\n";
    for (const std::string& match : matches)
        commands += "add rule inet kashim " + chain + " " + match + " drop\n";
    expect_ok(nft(commands));
}

}  // namespace

Wire::Wire()
{
    if (debian_path("nft").empty())
        missing_ = "nft is not installed";
    else if (!enter_new_network())
        missing_ = "no network namespace can be made here";
    else if (!raise_loopback())
        missing_ = "the loopback of a new network namespace cannot be raised here";
    else if (const Result tried = nft("add table inet kashim\n"); !tried.ok())
        missing_ = "nft does not work in a network namespace here: " + tried.err;
}

void Wire::cut(std::uint16_t port)
{
    const std::string number = std::to_string(port);
    drop_in(chain_of(port), {"tcp dport " + number, "tcp sport " + number});
}

void Wire::cut_everything()
{
    drop_in("everything", {"meta l4proto tcp"});
}

void Wire::restore(std::uint16_t port)
{
    expect_ok(nft("delete chain inet kashim " + chain_of(port) + "\n"));
}

int Wire::probes() const
{
    return kernel_counter("TcpExtTCPKeepAlive");
}

}  // namespace kashim::test
