// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/interpose.h"

#include "platform/errno_guard.h"
#include "platform/memory.h"
#include "platform/next_function_elf.h"

#include <dlfcn.h>

#include <cstdint>
#include <iterator>

// dlsym moved from libdl.so.2 to libc.so.6 with glibc 2.34 and has a new symbol version there. The old version is kept
// by newer ones, so asking for it makes one library for both. It is weak: a program of old glibc that does not load
// libdl has none, and then we look the names up ourselves.
#if defined(__x86_64__) && defined(__GLIBC__)
__asm__(".symver dlsym, dlsym@GLIBC_2.2.5");
#elif defined(__i386__) && defined(__GLIBC__)
__asm__(".symver dlsym, dlsym@GLIBC_2.0");
#elif defined(__aarch64__) && defined(__GLIBC__)
__asm__(".symver dlsym, dlsym@GLIBC_2.17");
#endif
#pragma weak dlsym

// Defined by the linker: where this library begins and ends.
extern "C" __attribute__((visibility("hidden"))) const char __ehdr_start[], _end[];

namespace kashim::platform {
namespace {

// Not pointers, which the loader would have to fill in.
constexpr char kNames[][15] = {"socket", "connect", "listen", "accept", "accept4", "setsockopt", "__setsockopt64"};
static_assert(std::size(kNames) == static_cast<std::size_t>(Hook::count_));

bool is_our_own(const void* function)
{
    const auto start = reinterpret_cast<std::uintptr_t>(__ehdr_start);
    return reinterpret_cast<std::uintptr_t>(function) - start < reinterpret_cast<std::uintptr_t>(_end) - start;
}

// A dlsym that is the program's own, or another preloaded library's, may find nothing. Or it asks for the name behind
// itself and finds us: a hook that took that for the real function would call itself without end.
void* found_by_loader(const char* name)
{
    void* const found = dlsym != nullptr ? dlsym(RTLD_NEXT, name) : nullptr;
    return is_our_own(found) ? nullptr : found;
}

}  // namespace

namespace detail {

KASHIM_WITH_DATA constinit std::atomic<void*> real_functions[static_cast<std::size_t>(Hook::count_)];

void* find_real(Hook hook)
{
    const ErrnoGuard keep_errno;
    const auto slot = static_cast<std::size_t>(hook);
    void* found = found_by_loader(kNames[slot]);
    if (found == nullptr)
        found = next_function(kNames[slot]);
    // Threads may find it at the same time; they find the same.
    real_functions[slot].store(found, std::memory_order_relaxed);
    return found;
}

}  // namespace detail

void find_real_functions()
{
    for (std::size_t slot = 0; slot < static_cast<std::size_t>(Hook::__setsockopt64); ++slot)
        detail::find_real(static_cast<Hook>(slot));
    // Only 32-bit programs call it, and not every C library has it: dlsym would allocate to say so.
    if constexpr (sizeof(void*) == 4) {
        constexpr auto kSlot = static_cast<std::size_t>(Hook::__setsockopt64);
        detail::real_functions[kSlot].store(next_function(kNames[kSlot]), std::memory_order_relaxed);
    }
}

}  // namespace kashim::platform
