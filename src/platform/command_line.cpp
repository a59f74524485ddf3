// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/command_line.h"

#include "policy/program.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace kashim::platform {

std::string_view joined_arguments(std::string_view raw, std::span<char> memory)
{
    if (raw.ends_with('\0'))
        raw.remove_suffix(1);
    const auto end = std::replace_copy(raw.begin(), raw.end(), memory.begin(), '\0', ' ');
    return {memory.data(), static_cast<std::size_t>(end - memory.begin())};
}

std::string_view side_by_side(Arguments arguments, std::span<char> memory)
{
    std::size_t size = 0;
    for (const char* const argument : arguments) {
        const std::size_t fits = std::min(std::strlen(argument) + 1, memory.size() - size);
        std::memcpy(memory.data() + size, argument, fits);
        size += fits;
    }
    return {memory.data(), size};
}

std::string_view script_in(std::string_view executable, std::string_view raw)
{
    std::array<std::string_view, 64> arguments;
    std::size_t count = 0;
    while (!raw.empty() && count < arguments.size()) {
        const auto end = raw.find('\0');
        arguments[count++] = raw.substr(0, end);
        raw.remove_prefix(end == std::string_view::npos ? raw.size() : end + 1);
    }
    return policy::script_of(executable, std::span(arguments).first(count));
}

std::string_view without_deleted(std::string_view path)
{
    constexpr std::string_view kDeleted = " (deleted)";
    if (path.ends_with(kDeleted))
        path.remove_suffix(kDeleted.size());
    return path;
}

}  // namespace kashim::platform
