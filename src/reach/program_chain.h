// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "host/program_facts.h"
#include "reach/elf_image.h"
#include "reach/macho_image.h"
#include "reach/program_file.h"
#include "reach/verdict.h"

#include <optional>
#include <string>
#include <vector>

namespace kashim::reach {

/// One link between a program's name and the file that is executed in the end.
struct Step {
    enum class Kind : std::uint8_t {
        script,  ///< its #! line names the next one
        env,     ///< env(1), which looks the next one up
        shell,   ///< a text without a #! line: execvp(3) and shells hand it to /bin/sh
        program,
    };
    Kind kind = Kind::program;
    std::string path;
    std::optional<bool> preload{};  ///< of env: as EnvCommand has it
};

/// Why a chain ends before a program.
struct Break {
    Cause cause{};
    std::string what;
    std::string remedy;
};

/// What becomes of a command line.
struct ProgramChain {
    std::vector<Step> steps;
    std::optional<Break> broken;
    bool preload_cleared = false;  ///< an env on the way takes LD_PRELOAD away
    host::FileEntry file;          ///< the last step's
    ElfImage image;                ///< the last step's on Linux, where nothing is broken
    std::optional<MachFile>
        mach;                  ///< the last step's on macOS, and of a program for macOS that is asked about elsewhere
    host::ProgramFacts facts;  ///< what rules would see of it, with the arguments given

    bool is_script() const { return steps.size() > 1; }
};

/// Follows a command line as execvp(3), the kernel and env(1) do. arguments[0] is the program. Nothing is executed.
ProgramChain follow(const std::vector<std::string>& arguments, const Starter& starter);

}  // namespace kashim::reach
