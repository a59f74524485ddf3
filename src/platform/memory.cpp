// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/memory.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace kashim::platform {
namespace {

// Bare system calls: see system_calls_linux.h.
#if defined(SYS_mmap2)
constexpr long kMap = SYS_mmap2;
#else
constexpr long kMap = SYS_mmap;
#endif

}  // namespace

Mapping Mapping::of(std::size_t bytes, Pages pages)
{
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (pages == Pages::now ? MAP_POPULATE : 0);
    const long start = syscall(kMap, nullptr, bytes, PROT_READ | PROT_WRITE, flags, -1, 0L);
    if (start == -1)
        return {};
    return {reinterpret_cast<std::byte*>(start), bytes};
}

void Mapping::reset()
{
    if (start_ != nullptr)
        syscall(SYS_munmap, start_, size_);
    start_ = nullptr;
    size_ = 0;
}

}  // namespace kashim::platform
