// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/native.h"

#include "reach/bytes.h"

namespace kashim::reach {

Native look_at_native(const host::ReadAt& read)
{
    Native native;
    native.mach = read_macho(read);
    native.runs = native.mach && native.mach->is_program();
    if (bytes_at(read, 0, 4, 4) == "\177ELF")
        native.foreign = "a file for Linux or the like";
    return native;
}

const ShebangRules& shebang_rules()
{
    return kMacosShebang;
}

}  // namespace kashim::reach
