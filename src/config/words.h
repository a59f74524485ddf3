// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace kashim::config {

/// Whether a code point of UTF-8 begins with this byte (RFC 3629: the others are 10xxxxxx).
constexpr bool begins_code_point(char byte)
{
    return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
}

/// May stand in front of a text, and is no character of it (RFC 3629, section 6): columns do not count it.
inline constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// The parts as one text. Instead of +: each + is code of its own, which the injected library would carry along.
std::string join(std::initializer_list<std::string_view> parts);

/// More of a text than this, in bytes, says nothing in a message.
inline constexpr std::size_t kLongestQuote = 80;

/// Fit for a message: on one line, without control characters, cut where it is longer than the limit.
std::string printable(std::string_view text, std::size_t limit = kLongestQuote);

/// "text", printable.
std::string in_quotes(std::string_view text);

/// a, b or c
std::string alternatives(std::span<const std::string_view> items);

/// 45 s
std::string seconds_text(std::int64_t seconds);

/// 45 s where it is whole seconds, else 1500 ms
std::string milliseconds_text(std::int64_t milliseconds);

}  // namespace kashim::config
