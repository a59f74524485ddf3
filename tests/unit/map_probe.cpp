// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// std::map as it is in the library: with the tree functions of standard_library_linux.cpp. Inserts numbers in several
// orders and looks at the tree after each, from both ends and from the root. shim_standard_library_test.cpp runs it.
#include "shim/arena.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>

namespace {

using Map = std::map<std::uint32_t, std::uint32_t>;
using Node = std::_Rb_tree_node_base;

constexpr std::uint32_t kMost = 2000;

long compared = 0;
long wrong = 0;

void expect(bool holds, const char* what, const char* order, std::uint32_t size)
{
    ++compared;
    if (holds)
        return;
    ++wrong;
    std::printf("%s: wrong after %u insertions, %s\n", what, size, order);
}

// Black nodes on each way down, or -1 where the ways differ or a red node has a red child.
int black_height(const Node* node)
{
    if (node == nullptr)
        return 0;
    for (const Node* child : {node->_M_left, node->_M_right}) {
        if (child != nullptr &&
            (child->_M_parent != node || (node->_M_color == std::_S_red && child->_M_color == std::_S_red)))
            return -1;
    }
    const int left = black_height(node->_M_left);
    const int right = black_height(node->_M_right);
    return left != right || left < 0 ? -1 : left + (node->_M_color == std::_S_black);
}

void look_at(const Map& map, std::uint32_t size, const char* order)
{
    const Node* const header = map.end()._M_node;
    const Node* const root = header->_M_parent;
    expect(root->_M_parent == header && root->_M_color == std::_S_black && black_height(root) > 0, "tree", order, size);

    std::uint32_t count = 0;
    bool sorted = true;
    std::uint32_t last = 0;
    for (const auto& [key, value] : map) {
        sorted = sorted && (count == 0 || key > last) && value == key + 1;
        last = key;
        ++count;
    }
    expect(sorted && count == size, "forwards", order, size);
    for (auto it = map.end(); it != map.begin(); --count) {
        --it;
        sorted = sorted && it->first <= last;
        last = it->first;
    }
    expect(sorted && count == 0, "backwards", order, size);
}

template <typename Key>
void insert(const char* order, Key key)
{
    Map map;
    for (std::uint32_t i = 0; i < kMost; ++i) {
        expect(map.try_emplace(key(i), key(i) + 1).second, "new", order, i);
        expect(!map.try_emplace(key(i / 2), 0).second, "known", order, i);
        if (i < 64 || i % 97 == 0)
            look_at(map, i + 1, order);
    }
    look_at(map, kMost, order);
}

void insert_all(void*)
{
    insert("ascending", [](std::uint32_t i) { return i; });
    insert("descending", [](std::uint32_t i) { return kMost - i; });
    insert("from both ends", [](std::uint32_t i) { return i % 2 == 0 ? i : 2 * kMost - i; });
    insert("shuffled", [](std::uint32_t i) { return i * 2654435761U; });
}

std::array<std::byte, std::size_t{4} << 20> memory;

}  // namespace

int main()
{
    const bool fitted = kashim::shim::run_in_arena(memory, insert_all, nullptr);
    std::printf("compared: %ld, wrong: %ld%s\n", compared, wrong, fitted ? "" : ", out of memory");
    return fitted && wrong == 0 ? 0 : 1;
}
