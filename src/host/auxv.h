// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace kashim::host {

/// What the kernel told a process when it was executed (getauxval(3)).
struct AuxiliaryVector {
    std::string_view bytes;  ///< as /proc/PID/auxv has them; borrowed

    /// The value of a type (AT_SECURE, AT_EXECFN ...), nothing where it is absent. The word size of the process is found
    /// in the bytes. Pure.
    std::optional<std::uint64_t> operator[](std::uint64_t type) const;
};

}  // namespace kashim::host
