// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/glob.h"

#include <cstddef>

namespace kashim::policy {
namespace {

struct Item {
    bool matches;
    std::size_t next;  // where the pattern goes on
};

// [abc], [a-z], [!a-z] at pattern[at]; a ] straight after the opening stands for itself.
Item match_class(std::string_view pattern, std::size_t at, unsigned char byte)
{
    std::size_t i = at + 1;
    const bool inverted = i < pattern.size() && pattern[i] == '!';
    if (inverted)
        ++i;
    bool found = false;
    for (bool first = true; i < pattern.size() && (first || pattern[i] != ']'); first = false) {
        const auto low = static_cast<unsigned char>(pattern[i]);
        auto high = low;
        if (i + 2 < pattern.size() && pattern[i + 1] == '-' && pattern[i + 2] != ']') {
            high = static_cast<unsigned char>(pattern[i + 2]);
            i += 2;
        }
        found = found || (low <= byte && byte <= high);
        ++i;
    }
    if (i >= pattern.size())  // never closed
        return {byte == '[', at + 1};
    return {found != inverted, i + 1};
}

// last_close: of the pattern's last ], or npos. No class that begins behind it is closed; looking for the end of each
// would make the time grow with the square of the pattern.
Item match_one(std::string_view pattern, std::size_t last_close, std::size_t at, unsigned char byte)
{
    switch (pattern[at]) {
    case '?':
        return {true, at + 1};
    case '[':
        if (last_close == std::string_view::npos || last_close < at)
            return {byte == '[', at + 1};
        return match_class(pattern, at, byte);
    case '\\':
        if (at + 1 < pattern.size())
            return {static_cast<unsigned char>(pattern[at + 1]) == byte, at + 2};
        [[fallthrough]];
    default:
        return {static_cast<unsigned char>(pattern[at]) == byte, at + 1};
    }
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view text)
{
    // Only the last * can need another try: an earlier one has already found its shortest run.
    constexpr auto kNone = std::string_view::npos;
    const std::size_t last_close = pattern.rfind(']');
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t after_star = kNone;
    std::size_t star_text = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            after_star = ++p;
            star_text = t;
            continue;
        }
        if (p < pattern.size()) {
            const Item item = match_one(pattern, last_close, p, static_cast<unsigned char>(text[t]));
            if (item.matches) {
                p = item.next;
                ++t;
                continue;
            }
        }
        if (after_star == kNone)
            return false;
        p = after_star;
        t = ++star_text;
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

}  // namespace kashim::policy
