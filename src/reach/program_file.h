// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "host/root.h"

#include <optional>
#include <string>

namespace kashim::reach {

/// Who would start a program, and how.
struct Starter {
    unsigned uid = 0;
    unsigned gid = 0;
    bool no_new_privs = false;          ///< prctl(2), PR_SET_NO_NEW_PRIVS: set-user-ID and set-group-ID bits are void
    std::optional<std::string> path{};  ///< PATH
};

/// This process.
Starter this_starter();

/// Where execvp(3) would find a program.
struct FoundProgram {
    std::string path;  ///< as it would be handed to execve; of a failure, what was asked for
    host::FileEntry file;
    int error = 0;  ///< ENOENT, EACCES (found, but not executable for this process) ...
};
FoundProgram find_program(const std::string& name, const std::optional<std::string>& path);

/// What gives a program more rights than its starter has.
struct Privileges {
    bool setuid = false;
    bool setgid = false;
    bool capabilities = false;  ///< permitted or effective ones of the file (capabilities(7))
    bool effective = false;     ///< the file's capabilities have the effective bit
    unsigned owner = 0;
    unsigned group = 0;

    bool any() const { return setuid || setgid || capabilities; }

    /// Whether the kernel asks for secure execution (AT_SECURE, cap_bprm_creds_from_file in security/commoncap.c) when
    /// this starter starts it: the loader then ignores LD_PRELOAD.
    bool secure_for(const Starter& starter) const;
};

/// Of an executable file; none on a mount with nosuid.
Privileges privileges_of(const host::FileEntry& file);

}  // namespace kashim::reach
