// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/memory.h"

#include "platform/system_calls.h"

namespace kashim::platform {

Mapping Mapping::of(std::size_t bytes, Pages pages)
{
    void* const start = map_memory(bytes, pages == Pages::now);
    if (start == nullptr)
        return {};
    return {static_cast<std::byte*>(start), bytes};
}

void Mapping::reset()
{
    if (start_ != nullptr)
        unmap_memory(start_, size_);
    start_ = nullptr;
    size_ = 0;
}

}  // namespace kashim::platform
