// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The pieces of a netlink datagram (netlink(7)). The few lines that are needed of it, so that the command needs no
// library for them, which a static build would have to build first.
#pragma once

#include <linux/netlink.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>

namespace kashim::sockets {

inline std::size_t length_of(const nlmsghdr& header)
{
    return header.nlmsg_len;
}

inline std::size_t length_of(const nlattr& header)
{
    return header.nla_len;
}

/// A message or an attribute, with what it holds.
template <typename Header>
struct Piece {
    const Header* header = nullptr;
    std::span<const char> payload{};
};
using Message = Piece<nlmsghdr>;
using Attribute = Piece<nlattr>;

/// Takes the first piece off the bytes; nothing where they do not hold a whole one. A piece says its own length, header
/// included, and the next one begins at a multiple of four. The bytes begin at such a multiple too.
template <typename Header>
std::optional<Piece<Header>> take(std::span<const char>& bytes)
{
    static_assert(sizeof(Header) % NLMSG_ALIGNTO == 0);
    if (bytes.size() < sizeof(Header))
        return std::nullopt;
    const auto* const header = reinterpret_cast<const Header*>(bytes.data());
    const std::size_t length = length_of(*header);
    if (length < sizeof(Header) || length > bytes.size())
        return std::nullopt;
    const std::span<const char> payload = bytes.subspan(sizeof(Header), length - sizeof(Header));
    const std::size_t aligned = (length + NLMSG_ALIGNTO - 1) / NLMSG_ALIGNTO * NLMSG_ALIGNTO;
    bytes = bytes.subspan(std::min(aligned, bytes.size()));
    return Piece<Header>{header, payload};
}

/// What the payload begins with, by value; what it is too short for is zero, as an older kernel's answer is shorter.
template <typename Value>
Value begin_of(std::span<const char> payload)
{
    Value value{};
    std::copy_n(payload.data(), std::min(payload.size(), sizeof value), reinterpret_cast<char*>(&value));
    return value;
}

}  // namespace kashim::sockets
