// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "fuzz/random_rules.h"

#include <algorithm>
#include <string>

namespace kashim::test {
namespace {

using policy::Address;
using policy::App;
using policy::Direction;
using policy::Keepalive;
using policy::Network;
using policy::PortRange;
using policy::Program;
using policy::Rule;
using policy::RuleSet;
using policy::Settings;
using policy::UserTimeout;

const std::vector<std::string> kPatterns{"a", "b*", "?", "/bin/*", "/opt/[ab]", "nobody"};
const std::vector<std::uint16_t> kPorts{0,    1,    15,    16,    17,    255,   256,  4095,
                                        4096, 5432, 32767, 32768, 65520, 65534, 65535};
const std::vector<Address> kAddresses{
    Address::ipv4(0),
    Address::ipv4(0x0a000001),
    Address::ipv4(0x7f000001),
    Address::ipv4(0xc0a80180),
    Address::ipv4(0xffffffff),
    Address::ipv6(0, 0),
    Address::ipv6(0, 1),
    Address::ipv6(0, 0xffff'0a00'0001),
    Address::ipv6(0x20010db8'00000000, 1),
    Address::ipv6(0xfd00'0000'0000'0000, 0x8000'0000'0000'0000),
    Address::ipv6(~std::uint64_t{0}, ~std::uint64_t{0}),
};

PortRange random_ports(Random& random)
{
    const std::uint16_t a = random.one_in(3) ? static_cast<std::uint16_t>(random.number()) : random.of(kPorts);
    const std::uint16_t b = random.one_in(2) ? a : random.of(kPorts);
    return {std::min(a, b), std::max(a, b)};
}

Address beside(Address address, std::uint64_t step)
{
    if (address.family == Address::Family::ipv4)
        return Address::ipv4(static_cast<std::uint32_t>(address.low + step));
    const std::uint64_t low = address.low + step;
    const std::uint64_t carry = step == 1 ? (low == 0 ? 1u : 0u) : (address.low == 0 ? ~std::uint64_t{0} : 0u);
    return Address::ipv6(address.high + carry, low);
}

}  // namespace

const std::vector<Program> kPrograms{
    {.executable = "/bin/a", .executed = "/bin/a", .name = "a", .script = "", .command = "a b"},
    {.executable = "/opt/b", .executed = "./b", .name = "b", .script = "", .command = "b"},
    {.executable = "/usr/bin/python3", .executed = "/x/bb", .name = "bb", .script = "/x/bb", .command = "python3 bb"},
    {},
};

Settings random_settings(Random& random)
{
    Settings settings;
    if (random.one_in(12))
        settings.keepalive = Keepalive::leave;
    if (random.one_in(12))
        settings.idle = policy::Seconds{10};
    if (random.one_in(24))
        settings.app = random.one_in(2) ? App::cap : App::override;
    if (random.one_in(24))
        settings.user_timeout.kind = UserTimeout::Kind::automatic;
    return settings;
}

Rule random_rule(Random& random)
{
    Rule rule;
    while (random.one_in(4))
        rule.selector.programs.push_back(random.of(kPatterns));
    while (random.one_in(8))
        rule.selector.commands.push_back(random.of(kPatterns));
    rule.direction = static_cast<Direction>(1 + random.below(3));
    while (!random.one_in(3))
        rule.ports.push_back(random_ports(random));
    while (random.one_in(2)) {
        const Address address = random.of(kAddresses);
        const unsigned bits = address.family == Address::Family::ipv4 ? 32 : 128;
        rule.peers.push_back(Network::around(address, static_cast<unsigned>(random.below(bits + 1))));
    }
    rule.settings = random_settings(random);
    return rule;
}

RuleSet random_rules(Random& random)
{
    RuleSet set;
    const std::size_t most = random.one_in(10) ? 200 : 12;
    for (std::size_t n = random.below(most); n > 0; --n)
        set.rules.push_back(random_rule(random));
    set.defaults = random_settings(random);
    return set;
}

Address random_peer(Random& random, const RuleSet& set)
{
    Address address = random.of(kAddresses);
    if (!set.rules.empty()) {
        const Rule& rule = random.of(set.rules);
        if (!rule.peers.empty()) {
            const Network& network = random.of(rule.peers);
            address = random.one_in(2) ? network.first : network.last;
        }
    }
    if (random.one_in(3))
        address = beside(address, random.one_in(2) ? 1 : ~std::uint64_t{0});
    return address;
}

std::uint16_t random_port(Random& random, const RuleSet& set)
{
    std::uint16_t port = random.of(kPorts);
    if (!set.rules.empty()) {
        const Rule& rule = random.of(set.rules);
        if (!rule.ports.empty()) {
            const PortRange& range = random.of(rule.ports);
            port = random.one_in(2) ? range.first : range.last;
        }
    }
    return static_cast<std::uint16_t>(port + random.below(3) - 1);
}

}  // namespace kashim::test
