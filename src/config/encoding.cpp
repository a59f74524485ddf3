// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/encoding.h"

namespace kashim::config {
namespace {

Finding at(std::string_view bytes, std::size_t offset, std::string text)
{
    const Place place = place_of(bytes, offset);
    return {Severity::error, place.line, place.column, std::move(text)};
}

}  // namespace

std::size_t code_point_length(std::string_view bytes)
{
    const auto byte = [bytes](std::size_t i) -> unsigned {
        return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0;
    };
    const auto continues = [&byte](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
    const unsigned first = byte(0);
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first <= 0xdf)
        return continues(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        const bool allowed = (first != 0xe0 || byte(1) >= 0xa0) && (first != 0xed || byte(1) < 0xa0);
        return allowed && continues(1) && continues(2) ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        const bool allowed = (first != 0xf0 || byte(1) >= 0x90) && (first != 0xf4 || byte(1) < 0x90);
        return allowed && continues(1) && continues(2) && continues(3) ? 4 : 0;
    }
    return 0;
}

std::optional<Finding> not_a_text(std::string_view bytes)
{
    if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff"))
        return Finding{Severity::error, 0, 0, "this is UTF-16; save it as UTF-8"};
    for (std::size_t i = 0; i < bytes.size();) {
        if (bytes[i] == '\0')
            return at(bytes, i, "a NUL byte: this is not a text; a configuration is TOML in UTF-8");
        const std::size_t length = code_point_length(bytes.substr(i, 4));
        if (length == 0)
            return at(bytes, i, "this byte is not UTF-8; save the file as UTF-8");
        i += length;
    }
    return std::nullopt;
}

}  // namespace kashim::config
