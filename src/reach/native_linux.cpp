// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/native.h"

#include <fmt/format.h>

namespace kashim::reach {

Native look_at_native(const host::ReadAt& read)
{
    Native native;
    if (const auto image = read_elf(read)) {
        native.runs = image->runs;
        native.image = *image;
    } else if (const auto mach = read_macho(read); mach && mach->is_program()) {
        native.foreign = fmt::format("a program for macOS ({})", mach->architectures());
        native.mach = mach;
    }
    return native;
}

const ShebangRules& shebang_rules()
{
    return kLinuxShebang;
}

}  // namespace kashim::reach
