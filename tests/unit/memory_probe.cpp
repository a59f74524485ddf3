// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Compares the library's own memory functions with loops over single bytes, for every size and place around a few words.
// A program of its own, because it is linked with the library's. Prints what is wrong, and the number of comparisons.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <cstring>

namespace {

constexpr std::size_t kMost = 41;
constexpr std::size_t kRoom = 3 * kMost;
using Bytes = std::array<unsigned char, kRoom>;

long compared = 0;
long wrong = 0;

void expect(bool good, const char* what, std::size_t to, std::size_t from, std::size_t size)
{
    ++compared;
    if (!good && ++wrong <= 10)
        std::printf("%s: to %zu, from %zu, size %zu\n", what, to, from, size);
}

// Through volatile pointers: the compiler knows these functions, and would take its own.
void* (*volatile copy)(void*, const void*, std::size_t) = std::memcpy;
void* (*volatile move)(void*, const void*, std::size_t) = std::memmove;
void* (*volatile fill)(void*, int, std::size_t) = std::memset;
int (*volatile compare)(const void*, const void*, std::size_t) = std::memcmp;
std::size_t (*volatile length)(const char*) = std::strlen;

using Find = void* (*)(void*, int, std::size_t);
volatile Find find = static_cast<Find>(std::memchr);

Bytes different()
{
    Bytes bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<unsigned char>(i + 1);
    return bytes;
}

int sign(int value)
{
    return (value > 0) - (value < 0);
}

void probe_moves(std::size_t to, std::size_t from, std::size_t size)
{
    const Bytes before = different();
    Bytes expected = before;
    for (std::size_t i = 0; i < size; ++i)
        expected[to + i] = before[from + i];
    Bytes moved = before;
    expect(move(&moved[to], &moved[from], size) == &moved[to] && moved == expected, "memmove", to, from, size);
    const bool apart = to >= from + size || from >= to + size || to == from;
    if (!apart)
        return;
    Bytes copied = before;
    expect(copy(&copied[to], &copied[from], size) == &copied[to] && copied == expected, "memcpy", to, from, size);
}

void probe_contents(std::size_t at, std::size_t size)
{
    Bytes expected = different();
    Bytes bytes = expected;
    std::fill_n(expected.begin() + static_cast<std::ptrdiff_t>(at), size, static_cast<unsigned char>(0xa7));
    expect(fill(&bytes[at], 0x7a7, size) == &bytes[at] && bytes == expected, "memset", at, at, size);

    for (std::size_t i = 0; i <= size; ++i) {
        Bytes other = different();
        bytes = different();
        if (i < size)
            other[at + i] = static_cast<unsigned char>(bytes[at + i] ^ 0x80);  // signed bytes would come the other way
        const int order = i == size ? 0 : bytes[at + i] < other[at + i] ? -1 : 1;
        expect(sign(compare(&bytes[at], &other[at], size)) == order, "memcmp", at, i, size);
        expect(sign(compare(&other[at], &bytes[at], size)) == -order, "memcmp", at, i, size);

        bytes.fill(1);
        bytes[at + i] = 0xfe;
        void* const found = i < size ? &bytes[at + i] : nullptr;
        expect(find(&bytes[at], 0x7fe, size) == found, "memchr", at, i, size);
        bytes[at + i] = 0;
        expect(length(reinterpret_cast<const char*>(&bytes[at])) == i, "strlen", at, i, size);
    }
}

}  // namespace

int main()
{
    for (std::size_t size = 0; size <= kMost; ++size) {
        for (std::size_t to = 0; to <= kMost; ++to) {
            for (std::size_t from = 0; from <= kMost; ++from)
                probe_moves(to, from, size);
            probe_contents(to, size);
        }
    }
    std::printf("compared: %ld, wrong: %ld\n", compared, wrong);
    return wrong == 0 ? 0 : 1;
}
