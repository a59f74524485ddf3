// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Says how each of the two ways of finding this program's own file ends: a line for each, empty where it does not know.
#include "platform/executable.h"

#include <array>
#include <cstdio>

int main(int count, char** arguments)
{
    std::array<char, 4096> memory;
    const auto say = [](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); };
    say(kashim::platform::executable_by_its_path(kashim::platform::arguments_of_constructor(count, arguments), memory));
    say("\n");
    say(kashim::platform::executable_by_proc(memory));
    return 0;
}
