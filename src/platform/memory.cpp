// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/memory.h"

#include <sys/mman.h>

namespace kashim::platform {

Mapping Mapping::of(std::size_t bytes)
{
    void* const start =
        mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED)
        return {};
    return {static_cast<std::byte*>(start), bytes};
}

void Mapping::reset()
{
    if (start_ != nullptr)
        munmap(start_, size_);
    start_ = nullptr;
    size_ = 0;
}

}  // namespace kashim::platform
