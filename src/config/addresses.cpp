// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/addresses.h"

#include "config/words.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <system_error>

namespace kashim::config {
namespace {

using policy::Address;

// The whole text as a number, which from_chars alone does not demand.
std::optional<unsigned> number(std::string_view text)
{
    unsigned value = 0;
    const char* const end = text.data() + text.size();
    const auto [last, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || last != end || error != std::errc{})
        return std::nullopt;
    return value;
}

std::optional<std::uint16_t> port_number(std::string_view text)
{
    const auto value = number(text);
    if (!value || *value == 0 || *value > 65535)
        return std::nullopt;
    return static_cast<std::uint16_t>(*value);
}

NetworkText wrong(std::string_view hint)
{
    NetworkText wrong;
    wrong.hint = hint;
    return wrong;
}

std::string_view hint_for_address(std::string_view text)
{
    if (text.find('%') != std::string_view::npos)
        return "a zone such as %eth0 is not part of the address";
    if (text.starts_with('['))
        return "no brackets, and the port has a key of its own";
    const bool named =
        std::any_of(text.begin(), text.end(), [](char c) { return (c >= 'g' && c <= 'z') || (c >= 'G' && c <= 'Z'); });
    return named ? "host names are not looked up" : "";
}

// The bytes of either family in network order; inet_pton is as strict as we want to be.
struct Parsed {
    std::array<unsigned char, 16> bytes{};
    Address::Family family = Address::Family::ipv4;
};

std::optional<Parsed> parse_address(std::string_view text)
{
    std::array<char, INET6_ADDRSTRLEN> terminated{};
    if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos)
        return std::nullopt;
    std::copy(text.begin(), text.end(), terminated.begin());
    Parsed parsed;
    if (inet_pton(AF_INET, terminated.data(), parsed.bytes.data()) == 1)
        return parsed;
    parsed.family = Address::Family::ipv6;
    if (inet_pton(AF_INET6, terminated.data(), parsed.bytes.data()) == 1)
        return parsed;
    return std::nullopt;
}

}  // namespace

PortText read_port(std::string_view text)
{
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) {
        const auto port = port_number(text);
        if (!port)
            return {std::nullopt, text.empty() || number(text) ? "" : "service names are not looked up"};
        return {policy::PortRange{*port, *port}, {}};
    }
    const auto first = port_number(text.substr(0, dash));
    const auto last = port_number(text.substr(dash + 1));
    if (!first || !last)
        return {};
    if (*first > *last)
        return {std::nullopt, "the range runs backwards"};
    return {policy::PortRange{*first, *last}, {}};
}

NetworkText read_network(std::string_view text)
{
    const std::size_t slash = text.find('/');
    const std::string_view address_text = text.substr(0, slash);
    const auto parsed = parse_address(address_text);
    if (!parsed)
        return wrong(hint_for_address(address_text));

    const bool ipv4 = parsed->family == Address::Family::ipv4;
    const unsigned width = ipv4 ? 32 : 128;
    unsigned bits = width;
    if (slash != std::string_view::npos) {
        const auto prefix = number(text.substr(slash + 1));
        if (!prefix)
            return wrong("behind the / stands the length of the prefix in bits");
        if (*prefix > width)
            return wrong(ipv4 ? "an IPv4 prefix has at most 32 bits" : "an IPv6 prefix has at most 128 bits");
        bits = *prefix;
    }

    const Address address = Address::from_bytes(parsed->bytes.data(), parsed->family);
    const bool mapped = !ipv4 && address.family == Address::Family::ipv4;
    // A shorter one would be neither the IPv4 addresses it looks like nor the IPv6 ones.
    if (mapped && bits < 96)
        return wrong("write an IPv4-mapped network as IPv4");
    if (mapped)
        bits -= 96;

    NetworkText result;
    result.network = policy::Network::around(address, bits);
    result.has_host_bits = result.network->first != address;
    result.bits = bits;
    return result;
}

std::string to_text(const policy::Network& network, unsigned bits)
{
    const Address& first = network.first;
    const bool ipv4 = first.family == Address::Family::ipv4;
    std::array<unsigned char, 16> bytes{};
    for (unsigned i = 0; i < 8; ++i) {
        bytes[i] = static_cast<unsigned char>(first.high >> (56 - 8 * i));
        bytes[8 + i] = static_cast<unsigned char>(first.low >> (56 - 8 * i));
    }
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(ipv4 ? AF_INET : AF_INET6, bytes.data() + (ipv4 ? 12 : 0), text.data(), text.size());
    return join({text.data(), "/", std::to_string(bits)});
}

}  // namespace kashim::config
