// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "shim/arena.h"

#include "platform/jump.h"
#include "platform/memory.h"

#include <new>

namespace kashim::shim {
namespace {

constexpr std::size_t kAlignment = alignof(std::max_align_t);

struct Arena {
    std::byte* next = nullptr;
    std::byte* end = nullptr;
    platform::WayOut way_out{};
};

KASHIM_WITH_DATA constinit Arena arena;

void* allocate(std::size_t size)
{
    const std::size_t rounded = (size + kAlignment - 1) / kAlignment * kAlignment;
    if (rounded < size || rounded > static_cast<std::size_t>(arena.end - arena.next))
        leave_arena();
    void* const memory = arena.next;
    arena.next += rounded;
    return memory;
}

}  // namespace

bool run_in_arena(std::span<std::byte> memory, void (*work)(void*), void* context)
{
    arena.next = memory.data();
    arena.end = memory.data() + memory.size();
    const bool came_back = KASHIM_COME_BACK(arena.way_out);
    if (!came_back)
        work(context);
    arena.next = nullptr;
    arena.end = nullptr;
    return !came_back;
}

void leave_arena()
{
    // Outside of a run nothing of ours allocates; there is nowhere to go then.
    if (arena.next == nullptr)
        __builtin_trap();
    KASHIM_LEAVE(arena.way_out);
}

}  // namespace kashim::shim

// The library's own operators, hidden by the export list. Everything above counts on them being the only ones.
void* operator new(std::size_t size)
{
    return kashim::shim::allocate(size);
}

void* operator new[](std::size_t size)
{
    return kashim::shim::allocate(size);
}

void operator delete(void*) noexcept {}
void operator delete[](void*) noexcept {}
void operator delete(void*, std::size_t) noexcept {}
void operator delete[](void*, std::size_t) noexcept {}
void operator delete(void*, std::align_val_t) noexcept {}
void operator delete(void*, std::size_t, std::align_val_t) noexcept {}
