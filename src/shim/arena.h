// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>

namespace kashim::shim {

/// Runs work with operator new serving from the given memory, and nowhere else: nobody's malloc is called. Nothing is
/// ever given back. False where the memory was too small, or the standard library would have thrown; then work was left
/// in the middle by a long jump, without destructors, so it must own nothing but such memory.
///
/// (An operator new that returns null is no way out: toml++ dereferenced it in 143 of 146 places.)
///
/// For the constructor of the library only: one run at a time, no threads.
bool run_in_arena(std::span<std::byte> memory, void (*work)(void*), void* context);

/// The same for anything that can be called.
template <typename Work>
bool run_in_arena(std::span<std::byte> memory, Work work)
{
    return run_in_arena(
        memory, [](void* context) { (*static_cast<Work*>(context))(); }, &work);
}

/// Ends the run that is under way.
[[noreturn]] void leave_arena();

}  // namespace kashim::shim
