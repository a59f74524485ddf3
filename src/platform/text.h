// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/endpoint.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace kashim::platform {

/// Builds a line in memory of the caller's: no stdio, no allocation, safe in a signal handler. What does not fit is cut.
class Text {
public:
    explicit Text(std::span<char> memory) : memory_(memory) {}

    Text& operator<<(std::string_view text);
    Text& operator<<(std::int64_t number);
    Text& operator<<(const policy::Address& address);    ///< IPv6 as in RFC 5952, without brackets
    Text& operator<<(const policy::Endpoint& endpoint);  ///< 192.0.2.1:80, [2001:db8::1]:80

    /// The number with zeros in front.
    Text& padded(std::int64_t number, int digits);

    void end_line();  ///< a newline; it fits even where the text was cut

    std::string_view view() const { return {memory_.data(), size_}; }

private:
    Text& hex(std::uint16_t number);

    std::span<char> memory_;
    std::size_t size_ = 0;
};

}  // namespace kashim::platform
