// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/launch.h"

#include "host/execute.h"
#include "host/preload.h"
#include "platform/process.h"
#include "reach/library.h"
#include "reach/program_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>

namespace kashim::cli {
namespace {

namespace fs = std::filesystem;

// This command's own file, symbolic links resolved: it may be called through one.
std::string own_path()
{
    const auto memory = std::make_unique<platform::ProgramMemory>();
    const policy::Program own = platform::program_facts(*memory);
    if (!own.executable.empty())
        return std::string(own.executable);
    std::error_code error;
    return fs::canonical(own.executed, error);  // without /proc
}

std::string value_of(std::string_view name)
{
    const char* const value = std::getenv(std::string(name).c_str());
    return value != nullptr ? value : "";
}

// A text without a #! line is for the shell (POSIX, execvp). glibc's execvp starts it, musl's does not.
void become_shell_of(char** program, char** environment)
{
    std::string path = reach::find_program(program[0], reach::this_starter().path).path;
    std::string shell = "/bin/sh";
    std::vector<char*> arguments{shell.data(), path.data()};
    for (char** argument = program + 1; *argument != nullptr; ++argument)
        arguments.push_back(*argument);
    arguments.push_back(nullptr);
    ::execve(shell.c_str(), arguments.data(), environment);
}

bool is_for(std::string_view entry, std::string_view name)
{
    return entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=';
}

}  // namespace

bool is_disabled()
{
    return platform::is_on(std::getenv("KASHIM_DISABLE"));
}

Library find_library([[maybe_unused]] const reach::ElfImage& program)
{
    constexpr std::string_view kLoaderFolders = KASHIM_LOADER_FOLDER;
    const std::vector<std::string> places = host::library_places_of_all(own_path(), kLoaderFolders);
    const auto found = std::find_if(places.begin(), places.end(),
                                    [](const std::string& file) { return ::access(file.c_str(), F_OK) == 0; });
    if (found == places.end())
        return {"",
                fmt::format("the library is missing; looked for {}; install kashim again", fmt::join(places, " and "))};
    if (::access(found->c_str(), R_OK) != 0)
        return {"", fmt::format("the library {} cannot be read: {}", *found, std::strerror(errno))};
    // Beside any loader the whole path is the only name that each of them understands.
    if constexpr (host::kPreload.bare_names && kLoaderFolders.find(':') == std::string_view::npos) {
        if (reach::is_found_by_name(*found, program))
            return {std::string(host::kLibraryName), ""};
    }
    if (host::splits_in_preload(*found))
        return {"",
                fmt::format("the library {} cannot be preloaded: the loader takes {} for the end of its name; install "
                            "kashim where no folder has one",
                            *found, host::kPreload.separator_names)};
    return {*found, ""};
}

std::vector<Variable> variables_for(const loaded::ConfigurationRequest& request, std::string_view library)
{
    std::vector<Variable> variables;
    if (!request.config.empty())
        variables.push_back({"KASHIM_CONFIG", fs::absolute(request.config)});
    if (!request.set.empty())
        variables.push_back({"KASHIM_OPTIONS", loaded::options_with(value_of("KASHIM_OPTIONS"), request.set)});
    if (!library.empty()) {
        const std::string name(host::kPreloadVariable);
        variables.push_back({name, host::preload_with(value_of(name), library)});
    }
    return variables;
}

int become(char** program, const std::vector<Variable>& variables)
{
    std::vector<std::string> ours;
    for (const Variable& variable : variables)
        ours.push_back(variable.name + "=" + variable.value);
    // The others as they came, also what is no assignment or is there twice.
    std::vector<char*> environment;
    for (char** entry = host::all_variables(); entry != nullptr && *entry != nullptr; ++entry) {
        const bool replaced = std::any_of(variables.begin(), variables.end(),
                                          [entry](const Variable& variable) { return is_for(*entry, variable.name); });
        if (!replaced)
            environment.push_back(*entry);
    }
    for (std::string& variable : ours)
        environment.push_back(variable.data());
    environment.push_back(nullptr);
    const int error = host::execute(program, environment.data());
    if (error == ENOEXEC)
        become_shell_of(program, environment.data());
    return error;
}

}  // namespace kashim::cli
