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

/// How a kernel reads the first line of a script.
struct ShebangRules {
    std::size_t bytes;          ///< it reads no more of a file to find out what it is
    std::size_t most;           ///< so many scripts in a row: each the interpreter of the one before
    std::string_view too_many;  ///< of the next one
    bool splits;                ///< behind the interpreter each word is an argument; else all the rest is one
};

/// BINPRM_BUF_SIZE in linux/binfmts.h, exec_binprm in fs/exec.c, load_script in fs/binfmt_script.c.
inline constexpr ShebangRules kLinuxShebang{256, 5, "the sixth script in a row; the kernel follows five", false};

/// IMG_SHSIZE in bsd/sys/imgact.h, exec_shell_imgact and exec_extract_strings in bsd/kern/kern_exec.c.
inline constexpr ShebangRules kMacosShebang{512, 1, "a script that a script names; the kernel follows one", true};

/// The first line of a script.
struct Shebang {
    std::string interpreter;  ///< empty where the line names none that the kernel takes (ENOEXEC)
    std::string argument;     ///< all the rest of the line; empty where there is none

    /// What the interpreter gets before the script's own path.
    std::vector<std::string> arguments(const ShebangRules& rules) const;
};

/// Reads the first bytes of a file, as many as the kernel looks at (fewer where it is shorter), as the kernel does.
/// Nothing where they do not start with "#!". Pure.
std::optional<Shebang> read_shebang(std::string_view start, const ShebangRules& rules = kLinuxShebang);

/// What env(1) makes of its arguments.
struct EnvCommand {
    std::vector<std::string> words;   ///< the program and its arguments; empty where none is named
    std::optional<bool> preload;      ///< whether it leaves LD_PRELOAD with our library; nothing: it leaves it alone
    std::optional<std::string> path;  ///< the PATH it looks the program up in, where the arguments set one
};

/// Reads the arguments behind the name "env", -S included (coreutils, "env invocation"). Pure.
EnvCommand read_env(std::span<const std::string> arguments);

}  // namespace kashim::reach
