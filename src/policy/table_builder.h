// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/table.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace kashim::policy {

/// A compiled rule set in memory of its own.
class OwnedTable {
public:
    explicit OwnedTable(std::vector<std::uint64_t> words) : words_(std::move(words)) {}

    const Table& operator*() const { return *reinterpret_cast<const Table*>(words_.data()); }
    const Table* operator->() const { return &**this; }
    std::size_t size() const { return words_.size() * sizeof(std::uint64_t); }

private:
    std::vector<std::uint64_t> words_;
};

/// What a rule costs in a table: the pieces of the tree that its ports come to, with each of its peers. All rules of a
/// table together may cost at most kLargestCost.
std::size_t cost(const Rule& rule);
inline constexpr std::size_t kLargestCost = std::size_t{1} << 19;

/// Whether a table knows the names and lines of its rules. Nobody needs them but for messages.
enum class Labels : std::uint8_t { no, yes };

/// Compiles. Nothing is returned where the block would pass 4 GiB, or where a rule has more than kLargestCross pairs of
/// ports and peers (the parser says so first, with the place).
std::optional<OwnedTable> build_table(const RuleSet& rules, Labels labels = Labels::yes);

}  // namespace kashim::policy
