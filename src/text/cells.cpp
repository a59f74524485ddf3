// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "text/cells.h"

#include "config/encoding.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace kashim::text {
namespace {

struct Range {
    char32_t first;
    char32_t last;
};

constexpr Range kDangerousOrUnseen[] = {
    {0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},   {0x180e, 0x180e},   {0x200b, 0x200f},
    {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f},
};

constexpr Range kCombining[] = {
    {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},     {0x64b, 0x65f},   {0xe31, 0xe31},
    {0xe34, 0xe3a},   {0xe47, 0xe4e},   {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},   {0x20d0, 0x20ff}, {0x302a, 0x302d},
    {0x3099, 0x309a}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xe0100, 0xe01ef},
};

// Unicode Standard Annex 11, W and F, by blocks.
constexpr Range kWide[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x23e9, 0x23ec},   {0x2614, 0x2615},   {0x26a1, 0x26a1},
    {0x2705, 0x2705},   {0x274c, 0x274c},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},   {0xa960, 0xa97f},
    {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe10, 0xfe19},   {0xfe30, 0xfe6f},   {0xff01, 0xff60},
    {0xffe0, 0xffe6},   {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x1fa70, 0x1faff},
    {0x20000, 0x3fffd},
};

template <std::size_t kSize>
bool is_in(const Range (&ranges)[kSize], char32_t code_point)
{
    const auto behind = std::upper_bound(std::begin(ranges), std::end(ranges), code_point,
                                         [](char32_t wanted, const Range& range) { return wanted < range.first; });
    return behind != std::begin(ranges) && code_point <= behind[-1].last;
}

char32_t code_point_of(std::string_view bytes)
{
    const auto first = static_cast<unsigned char>(bytes[0]);
    if (bytes.size() == 1)
        return first;
    char32_t code_point = first & (0xffu >> (bytes.size() + 1));
    for (const char byte : bytes.substr(1))
        code_point = code_point << 6 | (static_cast<unsigned char>(byte) & 0x3f);
    return code_point;
}

Cell named(std::string name, std::size_t bytes)
{
    const auto width = static_cast<unsigned>(name.size());
    return {std::move(name), bytes, width};
}

}  // namespace

Cell first_cell(std::string_view text)
{
    const std::size_t bytes = config::code_point_length(text);
    if (bytes == 0)
        return named(fmt::format("<{:02x}>", static_cast<unsigned char>(text[0])), 1);
    if (text[0] == '\t')
        return {" ", 1, 1};
    const std::string_view itself = text.substr(0, bytes);
    const char32_t code_point = code_point_of(itself);
    if (is_in(kDangerousOrUnseen, code_point))
        return named(fmt::format("<U+{:04X}>", static_cast<unsigned>(code_point)), bytes);
    const unsigned width = is_in(kCombining, code_point) ? 0 : is_in(kWide, code_point) ? 2 : 1;
    return {std::string(itself), bytes, width};
}

std::string harmless(std::string_view text)
{
    std::string shown;
    while (!text.empty()) {
        const Cell cell = first_cell(text);
        shown += cell.shown;
        text.remove_prefix(cell.bytes);
    }
    return shown;
}

}  // namespace kashim::text
