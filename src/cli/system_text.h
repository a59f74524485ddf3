// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What help says otherwise on every system: system_text_linux.cpp, system_text_darwin.cpp.
#pragma once

#include <string_view>

namespace kashim::cli {

struct SystemText {
    std::string_view configuration;  ///< where it is usually
    std::string_view live_examples;  ///< of the verbs for running programs
    std::string_view run;  ///< what a program gets, behind "It gets", and what becomes of one that gets nothing
};
const SystemText& system_text();

}  // namespace kashim::cli
