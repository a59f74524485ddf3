// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/next_function_elf.h"

#include "platform/loaded_object_elf.h"

#include <sys/auxv.h>

namespace kashim::platform {
namespace {

struct Search {
    std::string_view name;
    bool behind_us = false;
    std::optional<LoadedObject::Function> found{};
};

// The kernel's own object, in which nobody looks a name up.
bool is_vdso(const LoadedObject& object)
{
    return object.holds(getauxval(AT_SYSINFO_EHDR));
}

// The objects come in the order in which they were loaded, which is the order in which names are looked up.
int look_at(dl_phdr_info* info, std::size_t, void* context)
{
    auto& search = *static_cast<Search*>(context);
    const LoadedObject object(info->dlpi_addr, {info->dlpi_phdr, info->dlpi_phnum});
    if (!search.behind_us)
        search.behind_us = object.holds(reinterpret_cast<ElfW(Addr)>(&look_at));
    else if (!is_vdso(object))
        search.found = object.function(search.name);
    return search.found ? 1 : 0;
}

}  // namespace

void* next_function(const char* name)
{
    Search search{name};
    dl_iterate_phdr(look_at, &search);
    if (!search.found)
        return nullptr;
    if (!search.found->indirect)
        return reinterpret_cast<void*>(search.found->address);
    // Some processors' convention hands it what the kernel said of the processor, the others' ignores that.
    using Resolver = void*(unsigned long);
    return reinterpret_cast<Resolver*>(search.found->address)(getauxval(AT_HWCAP));
}

}  // namespace kashim::platform
