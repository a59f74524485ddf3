// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/suggest.h"

#include <algorithm>
#include <array>

namespace kashim::config {
namespace {

// Longer than any key, with room for the mistakes.
constexpr std::size_t kLongestWord = 32;

char lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

std::size_t distance(std::string_view a, std::string_view b)
{
    // Three rows of the usual table are enough: a swap looks back two.
    using Row = std::array<std::size_t, kLongestWord + 1>;
    Row before_last{};
    Row last{};
    Row row{};
    for (std::size_t j = 0; j <= b.size(); ++j)
        row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before_last = last;
        last = row;
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = lower(a[i - 1]) == lower(b[j - 1]);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
            const bool swapped =
                i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
            if (swapped)
                row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
    }
    return row[b.size()];
}

}  // namespace

std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates)
{
    if (word.empty() || word.size() > kLongestWord)
        return std::nullopt;
    std::optional<std::string_view> best;
    std::size_t best_distance = kLongestWord;
    for (const std::string_view candidate : candidates) {
        const std::size_t limit = std::max<std::size_t>(1, std::max(word.size(), candidate.size()) / 3);
        const std::size_t found = distance(word, candidate);
        if (found <= limit && found < best_distance) {
            best = candidate;
            best_distance = found;
        }
    }
    return best;
}

}  // namespace kashim::config
