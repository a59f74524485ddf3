// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Apart from the other words: every start of a process needs it, and no other (see ../shim/CMakeLists.txt).
#include "config/words.h"

namespace kashim::config {

std::string join(std::initializer_list<std::string_view> parts)
{
    std::size_t size = 0;
    for (const std::string_view part : parts)
        size += part.size();
    std::string text;
    text.reserve(size);
    for (const std::string_view part : parts)
        text += part;
    return text;
}

}  // namespace kashim::config
