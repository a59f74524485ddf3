// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/obstacle.h"

#include "cli/launch.h"
#include "reach/program_chain.h"
#include "text/cells.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace kashim::cli {
namespace {

using reach::ProgramChain;

bool is_absent(int error)
{
    return error == ENOENT || error == ENOTDIR;
}

// Empty where the file itself is no reason.
std::string about_file(const host::FileEntry& file, const std::string& name)
{
    if (!file)
        return {};
    if (S_ISDIR(file.status().st_mode))
        return name + " is a folder";
    if (!file.is_regular())
        return name + " is not a regular file";
    if (file.on_noexec())
        return name + " is on a file system that is mounted noexec";
    return {};
}

std::string reason(const ProgramChain& chain, const std::string& name, int error)
{
    if (std::string why = about_file(chain.file, chain.facts.executed); !why.empty())
        return why;
    if (chain.broken)
        return chain.broken->what;
    return fmt::format("{} cannot be executed: {}", name, std::generic_category().message(error));
}

}  // namespace

Obstacle obstacle(const std::vector<std::string>& arguments, int error)
{
    const ProgramChain chain = reach::follow(arguments, reach::this_starter());
    const bool found = !chain.steps.empty() || chain.file;
    return {
        is_absent(error) && !found ? kNotFound : kCannotExecute,
        text::harmless(arguments[0].empty() ? "the name of the program is empty" : reason(chain, arguments[0], error))};
}

// Not fmt::print, which throws where standard error is closed: the exit status must still be ours.
int cannot_execute(std::string_view verb, const std::vector<std::string>& arguments, int error)
{
    const Obstacle why_not = obstacle(arguments, error);
    std::fprintf(stderr, "kashim %s: %s\n", std::string(verb).c_str(), why_not.text.c_str());
    return why_not.status;
}

std::vector<std::string> strings(char** words)
{
    std::vector<std::string> result;
    for (; *words != nullptr; ++words)
        result.emplace_back(*words);
    return result;
}

}  // namespace kashim::cli
