// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/program_arguments.h"

#include <algorithm>
#include <string_view>

namespace kashim::cli {
namespace {

// --config FILE is two arguments, --config=FILE and --json are one.
bool takes_the_next(const CLI::App& verb, std::string_view argument)
{
    const CLI::Option* const option = verb.get_option_no_throw(std::string(argument));
    return option != nullptr && option->get_items_expected_min() > 0;
}

}  // namespace

ProgramArguments cut_program_arguments(const CLI::App& verb, int argc, char** argv)
{
    for (int i = 2; i < argc; ++i) {
        const std::string_view argument = argv[i];
        if (argument == "--")
            return {i, i + 1 < argc ? argv + i + 1 : nullptr};
        if (argument.size() < 2 || argument[0] != '-')
            return {i, argv + i};
        if (takes_the_next(verb, argument))
            ++i;
    }
    return {argc, nullptr};
}

ProgramArguments cut_behind_dashes(int argc, char** argv)
{
    char** const mark = std::find(argv, argv + argc, std::string_view("--"));
    return {static_cast<int>(mark - argv), mark != argv + argc ? mark + 1 : nullptr};
}

}  // namespace kashim::cli
