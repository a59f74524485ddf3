// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/configuration.h"

#include "config/loaded_from.h"
#include "platform/process.h"

#include <array>
#include <cstdlib>

namespace kashim::cli {
namespace {

auto reader(Configuration& found)
{
    return [&found](const std::string& path) {
        found.file = platform::read_file(path.c_str(), config::kLargestFile);
        return config::loaded_from(found.file);
    };
}

}  // namespace

Configuration find_configuration()
{
    std::array<char, 4096> memory;
    const config::Environment environment{
        std::getenv("KASHIM_CONFIG"), std::getenv("XDG_CONFIG_HOME"), std::getenv("HOME"), platform::user_id(), false,
        platform::sysconfdir(memory)};
    Configuration found;
    found.located = config::locate(environment, reader(found));
    return found;
}

Configuration read_configuration(const std::string& path)
{
    Configuration found;
    found.located = config::locate_file(path, reader(found));
    return found;
}

}  // namespace kashim::cli
