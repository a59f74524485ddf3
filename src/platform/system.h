// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Which system this is built for, for the command's words. Never in the library.
#pragma once

#include "policy/timeline.h"

#include <cstddef>
#include <string_view>

namespace kashim::platform {

#if defined(__APPLE__)
inline constexpr policy::System kThisSystem = policy::System::on_macos;
inline constexpr std::string_view kSystemName = "macOS";
inline constexpr std::size_t kLongestName = 16;  ///< of a process: MAXCOMLEN in sys/param.h
#else
inline constexpr policy::System kThisSystem = policy::System::on_linux;
inline constexpr std::string_view kSystemName = "Linux";
inline constexpr std::size_t kLongestName = 15;  ///< of a process: TASK_COMM_LEN without its zero byte
#endif

/// Whether sockets of running programs can be looked at and set from outside (pidfd_getfd(2)): what show, apply and guard
/// live on.
inline constexpr bool kTakesSockets = kThisSystem == policy::System::on_linux;

}  // namespace kashim::platform
