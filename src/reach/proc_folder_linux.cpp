// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/proc_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

namespace kashim::reach {

ProcFolder::ProcFolder(int pid)
    : folder_(open(("/proc/" + std::to_string(pid)).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC))
{
}

platform::Descriptor ProcFolder::open_file(const char* name, int flags) const
{
    return platform::Descriptor(openat(folder_.get(), name, flags | O_CLOEXEC));
}

ProcText ProcFolder::read(const char* name, std::size_t most) const
{
    constexpr std::size_t kPiece = 65536;
    const platform::Descriptor file = open_file(name, O_RDONLY);
    if (!file)
        return {{}, errno};
    ProcText result;
    while (result.text.size() < most) {
        const std::size_t size = result.text.size();
        result.text.resize(size + kPiece);
        const ssize_t got = ::read(file.get(), result.text.data() + size, kPiece);
        const int error = got < 0 ? errno : 0;
        result.text.resize(size + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (error == EINTR)
            continue;
        result.error = error;
        if (got <= 0)
            break;
    }
    return result;
}

std::string link_target(const std::string& path)
{
    std::array<char, PATH_MAX> memory;
    const ssize_t size = readlink(path.c_str(), memory.data(), memory.size());
    return size > 0 ? std::string(memory.data(), static_cast<std::size_t>(size)) : std::string();
}

}  // namespace kashim::reach
