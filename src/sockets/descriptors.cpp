// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "sockets/descriptors.h"

#include "host/proc.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <memory>
#include <string>
#include <string_view>

namespace kashim::sockets {
namespace {

struct CloseDirectory {
    void operator()(DIR* directory) const { closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

template <typename Number>
std::optional<Number> number_in(std::string_view text)
{
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

}  // namespace

SocketDescriptors socket_descriptors(pid_t pid, const std::function<bool(int)>& wanted)
{
    SocketDescriptors found;
    const std::string path = host::proc_path(pid, "fd");
    const Directory folder(opendir(path.c_str()));
    if (!folder) {
        found.refusal = why_not_taken(pid, errno);
        return found;
    }
    std::array<char, 64> memory;
    while (const dirent* entry = readdir(folder.get())) {
        const auto fd = number_in<int>(entry->d_name);
        if (!fd || (wanted && !wanted(*fd)))
            continue;
        constexpr std::string_view kSocket = "socket:[";
        const ssize_t size = readlinkat(dirfd(folder.get()), entry->d_name, memory.data(), memory.size());
        if (size < 0 && errno == EACCES) {  // the folder is open to all with CAP_DAC_READ_SEARCH, what is in it is not
            found.refusal = why_not_taken(pid, EACCES);
            return found;
        }
        const std::string_view target(memory.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
        if (!target.starts_with(kSocket) || !target.ends_with(']'))
            continue;
        const auto inode = number_in<std::uint32_t>(target.substr(kSocket.size(), target.size() - kSocket.size() - 1));
        if (inode)
            found.sockets.push_back({*fd, *inode});
    }
    std::ranges::sort(found.sockets, {}, &SocketDescriptor::fd);
    return found;
}

}  // namespace kashim::sockets
