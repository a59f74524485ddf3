// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "host/as_user.h"
#include "host/root.h"
#include "reach/elf_image.h"
#include "reach/macho_image.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kashim::reach {

/// What can be seen of a running process.
struct Process {
    enum class Sight : std::uint8_t {
        whole,
        denied,         ///< the kernel shows no more than its status to this user (ptrace(2), access mode checking)
        gone,           ///< there is none of that number, or it ended while it was looked at
        leaderless,     ///< its first thread has ended, others go on: /proc/PID shows nothing of them
        ended,          ///< a zombie: its parent has not collected it yet
        kernel_thread,  ///< it runs no program
        restless,       ///< it executed one program after the other while it was looked at
    };

    int pid = 0;
    Sight sight = Sight::gone;

    // What everybody may see: on Linux /proc/PID/status.
    host::User user;  ///< real ids: whose HOME and permissions count
    int parent = 0;
    bool seccomp_filter = false;  ///< it has forbidden itself system calls (seccomp(2), mode 2)

    // The rest needs whole sight.
    std::optional<std::int64_t> started;   ///< when, in seconds since 1970
    bool secure = false;                   ///< it was started with rights of its own (getauxval(3), AT_SECURE)
    bool program_known = true;             ///< false: the file it was executed from is none that can be read
    ElfImage image;                        ///< of that file on Linux, even where that is deleted by now
    std::optional<MachFile> mach;          ///< of that file on macOS
    std::string executable;                ///< its path on macOS
    std::vector<std::string> environment;  ///< as it was at exec, unless the program wrote over it
    std::vector<std::string> mapped;       ///< the files that are mapped into it, each once
    host::Root root;
    std::string folder;  ///< its working folder, as it sees it

    /// A path as the process means it: a relative one is below its working folder.
    std::string absolute(const std::string& path) const;

    /// A variable of its environment; null where it is unset.
    const char* variable(std::string_view name) const;

    /// The mapped file of this name, also where it was replaced or removed since (then it ends with " (deleted)"); empty
    /// where there is none.
    std::string mapped_file(std::string_view name) const;
};

/// Looks at a process. Reads only what the kernel itself answers (/proc; libproc(3) on macOS) and regular files; never
/// waits for the process.
Process look_at_process(int pid);

/// The value of a variable in the environment of a process; nothing where it is unset or may
/// not be looked at.
std::optional<std::string> variable_of(int pid, std::string_view name);

}  // namespace kashim::reach
