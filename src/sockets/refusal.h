// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace kashim::sockets {

/// Why a process, a namespace or a socket could not be looked at or set, in words for whoever asked.
struct [[nodiscard]] Refusal {
    enum class Why : std::uint8_t {
        gone,                  ///< no refusal at all: it ended meanwhile, and nothing was done to what took its place
        another_user,          ///< runs as somebody else, and we have no CAP_SYS_PTRACE
        user_namespace,        ///< lives in a user namespace over which we have no CAP_SYS_PTRACE or CAP_SYS_ADMIN
        yama,                  ///< /proc/sys/kernel/yama/ptrace_scope forbids it
        not_dumpable,          ///< it keeps others out: prctl(PR_SET_DUMPABLE), or it was setuid when it started
        capabilities,          ///< it has capabilities that we have not, or we lack CAP_DAC_READ_SEARCH for its folder
        confined,              ///< EPERM for none of these reasons: a security module or a seccomp filter around us
        too_many_descriptors,  ///< EMFILE, ENFILE: our own limit
        kernel_too_old,        ///< ENOSYS: pidfd_getfd(2) came with Linux 5.6
        kernel_without_support,  ///< sock_diag(7) is not there: EPROTONOSUPPORT, ENOENT
        hidden,                  ///< /proc is mounted with hidepid (proc(5))
        other,                   ///< anything else: error tells
    };

    Why why = Why::other;
    int error = 0;         ///< errno
    std::string sentence;  ///< what is wrong: "process 42 runs as user 70 (postgres), this command as user 1000"
    std::string remedy;    ///< what to do about it: "run it as that user or as root"; empty where nothing helps

    friend bool operator==(const Refusal&, const Refusal&) = default;
};

/// Why descriptors may not be taken from a process, or its folder in /proc not be read, after error: asks /proc which of
/// the reasons of ptrace(2) ("Ptrace access mode checking") it was.
Refusal why_not_taken(pid_t pid, int error);

/// Why the network namespace of a process cannot be entered: setns(2) or an open(2) in /proc/PID/ns said error.
Refusal why_not_entered(pid_t pid, int error);

/// Why a process that exists is not in /proc.
Refusal why_hidden(pid_t pid);

/// Why no list of sockets can be had: sock_diag(7) said error.
Refusal why_not_listed(int error);

}  // namespace kashim::sockets
