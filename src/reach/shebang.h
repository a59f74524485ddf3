// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kashim::reach {

/// The kernel reads no more of a file to find out what it is (BINPRM_BUF_SIZE in linux/binfmts.h).
inline constexpr std::size_t kShebangBytes = 256;

/// A script may be run by a script, and so on, this many times; one more is ELOOP (exec_binprm in fs/exec.c).
inline constexpr std::size_t kMostScripts = 5;

/// The first line of a script.
struct Shebang {
    std::string interpreter;  ///< empty where the line names none that the kernel takes (ENOEXEC)
    std::string argument;     ///< all the rest of the line, one argument; empty where there is none
};

/// Reads the first kShebangBytes bytes of a file (fewer where it is shorter) as the kernel does (load_script in
/// fs/binfmt_script.c). Nothing where they do not start with "#!". Pure.
std::optional<Shebang> read_shebang(std::string_view start);

/// What env(1) makes of its arguments.
struct EnvCommand {
    std::vector<std::string> words;   ///< the program and its arguments; empty where none is named
    std::optional<bool> preload;      ///< whether it leaves LD_PRELOAD with our library; nothing: it leaves it alone
    std::optional<std::string> path;  ///< the PATH it looks the program up in, where the arguments set one
};

/// Reads the arguments behind the name "env", -S included (coreutils, "env invocation"). Pure.
EnvCommand read_env(std::span<const std::string> arguments);

}  // namespace kashim::reach
