// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace kashim::live {

/// What ptrace(2) compares of two processes ("Ptrace access mode checking"), from /proc/PID/status.
struct Credentials {
    std::array<unsigned, 3> uids{};  ///< real, effective, saved
    std::array<unsigned, 3> gids{};
    std::uint64_t permitted = 0;
    std::uint64_t effective = 0;

    bool may(int capability) const { return (effective >> capability & 1) != 0; }
};

/// pid: a number, or "self". Nothing where it is gone.
std::optional<Credentials> credentials_of(const std::string& pid);

/// In whose hands the folder of its descriptors is: root's where it is not dumpable (proc_pid(5)).
std::optional<unsigned> owner_of_descriptors(const std::string& pid);

/// Whether a process certainly lives in another user namespace than this one. Where it may not be looked at, it does if
/// ours is not the first one: from there every process outside is closed.
bool in_another_user_namespace(const std::string& pid);

}  // namespace kashim::live
