// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/executable.h"

#include "platform/command_line.h"
#include "platform/system_calls_linux.h"

#include <sys/auxv.h>

#include <algorithm>
#include <array>
#include <cerrno>

// Only glibc has it.
extern "C" const char* gnu_get_libc_version() __attribute__((weak));

namespace kashim::platform {
namespace {

// A path in the making; on the stack, and short, because a library does not know whose that is.
class Path {
public:
    std::string_view view() const { return {text_.data(), size_}; }
    const char* c_str() const { return text_.data(); }

    bool append(std::string_view text)
    {
        if (text.size() >= text_.size() - size_)
            return false;
        std::copy(text.begin(), text.end(), text_.begin() + static_cast<std::ptrdiff_t>(size_));
        cut(size_ + text.size());
        return true;
    }

    void cut(std::size_t size)
    {
        size_ = size;
        text_[size_] = '\0';
    }

    void remove_last_part() { cut(std::min(view().rfind('/'), size_)); }

private:
    std::array<char, 256> text_{};
    std::size_t size_ = 0;
};

std::string_view take_part(std::string_view& path)
{
    const auto end = path.find('/');
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
    return part;
}

// Follows every symbolic link on the way, as the kernel did (path_resolution(7)). False where something is too long, or
// is not there any more.
bool resolve(std::string_view from, Path& resolved)
{
    constexpr int kMostLinks = 8;
    std::array<Path, 2> ways;  // what is left to go: a link's target, with the rest behind it
    std::string_view left = from;
    int links = 0;
    while (!left.empty()) {
        const std::string_view part = take_part(left);
        if (part.empty() || part == ".")
            continue;
        if (part == "..") {
            resolved.remove_last_part();
            continue;
        }
        if (!resolved.append("/") || !resolved.append(part))
            return false;
        std::array<char, 256> target;
        const long size = read_link(resolved.c_str(), target.data(), target.size());
        if (size < 0 && errno == EINVAL)
            continue;  // no link
        if (size <= 0 || size == long{target.size()} || ++links > kMostLinks)
            return false;
        resolved.remove_last_part();
        if (target[0] == '/')
            resolved.cut(0);
        Path& way = ways[static_cast<std::size_t>(links % 2)];
        way.cut(0);
        if (!way.append({target.data(), static_cast<std::size_t>(size)}) || !way.append("/") || !way.append(left))
            return false;
        left = way.view();
    }
    return !resolved.view().empty();
}

// The files of a descriptor lead nowhere. What is run through another program, as a script is (binfmt_script.c,
// binfmt_misc.c), stands among the arguments by the path that was executed: two places further behind for each
// interpreter that is a script itself, of which there are five at most.
bool is_out_of_the_ordinary(std::string_view path, Arguments arguments)
{
    constexpr std::size_t kBehind = 12;
    const Arguments first = arguments.first(std::min(arguments.size(), kBehind));
    return path.empty() || first.empty() || path.starts_with("/dev/fd/") || path.starts_with("/proc/") ||
           std::any_of(first.begin() + 1, first.end(), [path](const char* argument) { return argument == path; });
}

bool is_absolute(std::string_view path)
{
    return path.starts_with('/');
}

}  // namespace

Arguments arguments_of_constructor(int count, const char* const* arguments)
{
    // A loader that was called by its name has no loader itself, and takes its own arguments away.
    const bool known = gnu_get_libc_version != nullptr && getauxval(AT_BASE) != 0;
    return known ? Arguments(arguments, static_cast<std::size_t>(count)) : Arguments{};
}

std::string_view executable_by_its_path(Arguments arguments, std::span<char> memory)
{
    const auto* const name = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
    const std::string_view executed = name != nullptr ? name : std::string_view{};
    if (is_out_of_the_ordinary(executed, arguments))
        return {};
    Path from;
    if (!is_absolute(executed)) {
        std::array<char, 256> folder;
        const long size = syscall(SYS_getcwd, folder.data(), folder.size());
        if (size <= 1 || folder[0] != '/' || !from.append({folder.data(), static_cast<std::size_t>(size) - 1}) ||
            !from.append("/"))
            return {};
    }
    Path resolved;
    if (!from.append(executed) || !resolve(from.view(), resolved) || resolved.view().size() > memory.size())
        return {};
    const auto end = std::copy(resolved.view().begin(), resolved.view().end(), memory.begin());
    return {memory.data(), static_cast<std::size_t>(end - memory.begin())};
}

std::string_view executable_by_proc(std::span<char> memory)
{
    const long size = read_link("/proc/self/exe", memory.data(), memory.size());
    if (size <= 0)
        return {};
    return without_deleted({memory.data(), static_cast<std::size_t>(size)});
}

std::string_view executable_path(Arguments arguments, std::span<char> memory)
{
    const std::string_view path = executable_by_its_path(arguments, memory);
    return path.empty() ? executable_by_proc(memory) : path;
}

}  // namespace kashim::platform
