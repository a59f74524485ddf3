// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/program_file.h"

#include <unistd.h>

#include <cstdlib>

namespace kashim::reach {

Starter this_starter()
{
    Starter starter{getuid(), getgid(), false, {}};
    if (const char* const path = std::getenv("PATH"))
        starter.path = path;
    return starter;
}

Privileges privileges_of(const host::FileEntry& file)
{
    Privileges privileges;
    if (!file || file.on_nosuid())
        return privileges;
    const mode_t mode = file.status().st_mode;
    privileges.setuid = (mode & S_ISUID) != 0;
    privileges.setgid = (mode & S_ISGID) != 0;
    privileges.owner = file.status().st_uid;
    privileges.group = file.status().st_gid;
    return privileges;
}

}  // namespace kashim::reach
