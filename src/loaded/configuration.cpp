// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "loaded/configuration.h"

#include "config/loaded_from.h"
#include "platform/process.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

namespace kashim::loaded {
namespace {

auto reader(Configuration& found)
{
    return [&found](const std::string& path) {
        found.file = platform::read_file(path.c_str(), config::kLargestFile);
        return config::loaded_from(found.file);
    };
}

// A terminal or a pipe may be set to answer "not now": then it is waited for.
bool may_try_again()
{
    if (errno == EINTR)
        return true;
    pollfd input{STDIN_FILENO, POLLIN, 0};
    return errno == EAGAIN && ::poll(&input, 1, -1) >= 0;
}

platform::FileText standard_input()
{
    using Kind = platform::FileText::Kind;
    platform::FileText file;
    file.kind = Kind::failed;
    // One byte more than a configuration may have shows that there is more.
    file.memory = platform::Mapping::of(config::kLargestFile + 1);
    file.error = ENOMEM;
    if (!file.memory)
        return file;
    const std::span memory = file.memory.bytes();
    std::size_t size = 0;
    while (size < memory.size()) {
        const ssize_t got = ::read(STDIN_FILENO, memory.data() + size, memory.size() - size);
        if (got == 0)
            break;
        if (got < 0 && !may_try_again()) {
            file.error = errno;
            return file;
        }
        size += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    file.kind = size > config::kLargestFile ? Kind::too_large : Kind::text;
    file.text = {reinterpret_cast<const char*>(memory.data()), size};
    return file;
}

}  // namespace

Configuration find_configuration()
{
    const std::string sysconfdir = platform::sysconfdir();
    const config::Environment environment{std::getenv("KASHIM_CONFIG"),
                                          std::getenv("XDG_CONFIG_HOME"),
                                          std::getenv("HOME"),
                                          platform::user_id(),
                                          false,
                                          sysconfdir};
    Configuration found;
    found.located = config::locate(environment, reader(found));
    return found;
}

Configuration read_standard_input()
{
    Configuration found;
    found.file = standard_input();
    found.located =
        config::locate_file(kStandardInput, [&found](const std::string&) { return config::loaded_from(found.file); });
    return found;
}

Configuration read_configuration(const std::string& path)
{
    Configuration found;
    found.located = config::locate_file(path, reader(found));
    return found;
}

}  // namespace kashim::loaded
