// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "reach/process.h"
#include "reach/program_chain.h"
#include "reach/verdict.h"

#include <cstdint>
#include <string>

namespace kashim::reach {

/// How much to look at. obstacles: what decides the answer "not reached" alone, without what takes long to find out and
/// comes to a remark; for who is about to start the program.
enum class Depth : std::uint8_t { obstacles, everything };

/// Whether a preload would reach a program that this starter starts. entry: what LD_PRELOAD would hold, a path or the
/// bare name; empty where there is no library.
Verdict judge_program(const ProgramChain& program, const Starter& starter, const std::string& entry,
                      Depth depth = Depth::everything);

/// Whether the library is at work in a running process, and what stands in the way. entry: what LD_PRELOAD should hold,
/// for a process that nobody has preloaded anything into.
Verdict judge_process(const Process& process, const std::string& entry);

}  // namespace kashim::reach
