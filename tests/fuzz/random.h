// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace kashim::test {

/// Numbers that are the same in every run and with every standard library: the standard fixes what mt19937_64 gives,
/// but not what its distributions make of it.
class Random {
public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}

    std::uint64_t number() { return engine_(); }
    /// 0..limit-1; limit is at least 1.
    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(engine_() % limit); }
    bool one_in(std::size_t n) { return below(n) == 0; }

    template <typename Item>
    const Item& of(const std::vector<Item>& items)
    {
        return items[below(items.size())];
    }

private:
    std::mt19937_64 engine_;
};

}  // namespace kashim::test
