// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The memory functions that the compiler calls by itself, and the standard library: the library's own (the export list
// hides them). Each of the C library's would be a symbol that the loader must find in every process that starts. They
// need not be fast: what is copied here is short, or copied once. Its flags (CMakeLists.txt) keep the compiler from
// finding that these loops are memcpy, and calling it.
#include <cstddef>
#include <cstdint>

namespace {

using Word = std::uint64_t;

Word load(const unsigned char* from)
{
    Word word;
    __builtin_memcpy(&word, from, sizeof word);
    return word;
}

void store(unsigned char* to, Word word)
{
    __builtin_memcpy(to, &word, sizeof word);
}

unsigned char* bytes(void* memory)
{
    return static_cast<unsigned char*>(memory);
}

const unsigned char* bytes(const void* memory)
{
    return static_cast<const unsigned char*>(memory);
}

}  // namespace

// Used, because link-time optimization calls them only after it has thrown away what nobody called.
extern "C" {

// Forwards: right also where the target begins before the source and overlaps it.
[[gnu::used]] void* memcpy(void* __restrict target, const void* __restrict source, std::size_t size)
{
    unsigned char* to = bytes(target);
    const unsigned char* from = bytes(source);
    for (; size >= sizeof(Word); size -= sizeof(Word), to += sizeof(Word), from += sizeof(Word))
        store(to, load(from));
    for (; size > 0; --size)
        *to++ = *from++;
    return target;
}

[[gnu::used]] void* memmove(void* target, const void* source, std::size_t size)
{
    unsigned char* const to = bytes(target);
    const unsigned char* const from = bytes(source);
    if (reinterpret_cast<std::uintptr_t>(to) - reinterpret_cast<std::uintptr_t>(from) >= size) {
        for (std::size_t i = 0; i < size;) {
            const bool whole = size - i >= sizeof(Word);
            whole ? store(to + i, load(from + i)) : void(to[i] = from[i]);
            i += whole ? sizeof(Word) : 1;
        }
        return target;
    }
    while (size >= sizeof(Word)) {
        size -= sizeof(Word);
        store(to + size, load(from + size));
    }
    while (size > 0) {
        --size;
        to[size] = from[size];
    }
    return target;
}

[[gnu::used]] void* memset(void* target, int value, std::size_t size)
{
    unsigned char* to = bytes(target);
    const auto byte = static_cast<unsigned char>(value);
    const Word word = Word{byte} * 0x0101010101010101;
    for (; size >= sizeof(Word); size -= sizeof(Word), to += sizeof(Word))
        store(to, word);
    for (; size > 0; --size)
        *to++ = byte;
    return target;
}

[[gnu::used]] int memcmp(const void* one, const void* other, std::size_t size)
{
    const unsigned char* a = bytes(one);
    const unsigned char* b = bytes(other);
    for (; size >= sizeof(Word) && load(a) == load(b); size -= sizeof(Word)) {
        a += sizeof(Word);
        b += sizeof(Word);
    }
    for (; size > 0; --size, ++a, ++b) {
        if (*a != *b)
            return *a - *b;
    }
    return 0;
}

// What clang makes of a memcmp whose order does not matter.
[[gnu::used]] int bcmp(const void* one, const void* other, std::size_t size)
{
    return memcmp(one, other, size);
}

[[gnu::used]] void* memchr(const void* memory, int value, std::size_t size)
{
    const unsigned char* at = bytes(memory);
    for (; size > 0; --size, ++at) {
        if (*at == static_cast<unsigned char>(value))
            return const_cast<unsigned char*>(at);
    }
    return nullptr;
}

[[gnu::used]] std::size_t strlen(const char* text)
{
    std::size_t size = 0;
    while (text[size] != '\0')
        ++size;
    return size;
}

}  // extern "C"
