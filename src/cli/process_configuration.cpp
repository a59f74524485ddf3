// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/process_configuration.h"

#include "config/loaded_from.h"
#include "host/preload.h"
#include "platform/install_prefix.h"
#include "platform/process.h"

namespace kashim::cli {
namespace {

loaded::Configuration find_configuration_of(const reach::Process& process)
{
    std::string sysconfdir = platform::sysconfdir_of(process.mapped_file(host::kLibraryName));
    if (sysconfdir.empty())
        sysconfdir = platform::sysconfdir();
    const config::Environment environment{process.variable("KASHIM_CONFIG"),
                                          process.variable("XDG_CONFIG_HOME"),
                                          process.variable("HOME"),
                                          process.user.uid,
                                          process.secure,
                                          sysconfdir};
    loaded::Configuration found;
    const host::AsUser as_user(process.user);
    found.located = config::locate(environment, [&](const std::string& path) {
        found.file = process.root.find(process.absolute(path)).whole(config::kLargestFile);
        return config::loaded_from(found.file);
    });
    return found;
}

}  // namespace

loaded::Effective effective_in(const reach::Process& process, const loaded::ConfigurationRequest& request,
                               config::Warnings warnings)
{
    return loaded::effective_with(request.config.empty() ? find_configuration_of(process)
                                                         : loaded::read_configuration(request.config),
                                  process.secure ? nullptr : process.variable("KASHIM_OPTIONS"), request, warnings);
}

bool is_newer(const loaded::Effective& effective, const reach::Process& process)
{
    if (effective.file.located.kind != config::Located::Kind::file || !process.started)
        return false;
    const host::FileEntry file = process.root.find(process.absolute(effective.file.located.path));
    // A start is known to a second or two: the clock may have been set since.
    constexpr std::int64_t kSlack = 2;
    return file && file.status().st_mtime > *process.started + kSlack;
}

}  // namespace kashim::cli
