// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/executable.h"

#include <libproc.h>
#include <unistd.h>

#include <algorithm>

namespace kashim::platform {

Arguments arguments_of_constructor(int count, const char* const* arguments)
{
    // dyld hands them to every initializer, whatever the program.
    return {arguments, static_cast<std::size_t>(count)};
}

std::string_view executable_path(Arguments, std::span<char> memory)
{
    // The kernel's own name for the file, with no symbolic link in it. It wants no more memory than a path can need.
    const auto size = std::min<std::size_t>(memory.size(), PROC_PIDPATHINFO_MAXSIZE);
    const int length = ::proc_pidpath(::getpid(), memory.data(), static_cast<std::uint32_t>(size));
    return {memory.data(), length > 0 ? static_cast<std::size_t>(length) : 0};
}

}  // namespace kashim::platform
