// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/asked_program.h"

#include "cli/launch.h"
#include "reach/judge.h"
#include "reach/process.h"
#include "reach/program_chain.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <sstream>

namespace kashim::cli {
namespace {

std::vector<std::string> words_of(const std::string& command)
{
    std::istringstream stream(command);
    std::vector<std::string> words;
    for (std::string word; stream >> word;)
        words.push_back(word);
    return words;
}

// Of a program that cannot be found the name is all there is.
void fall_back_to_name(platform::ProgramFacts& facts, const std::vector<std::string>& arguments)
{
    const std::vector<std::string_view> views(arguments.begin(), arguments.end());
    facts.script = policy::script_of(facts.executed, views);
}

std::string obstacle_of(const reach::Verdict& verdict)
{
    return verdict.answer() == reach::Answer::not_reached ? verdict.findings.front().what : std::string();
}

AskedProgram started_from_here(const ProgramRequest& request)
{
    std::vector<std::string> arguments = words_of(request.command);
    if (arguments.empty())
        arguments.emplace_back();
    if (!request.program.empty())
        arguments.front() = request.program;
    AskedProgram asked{.name = arguments.front()};
    if (asked.name.empty()) {
        asked.assumed = {"no program: rules for certain programs or command lines do not match; --program names one"};
        return asked;
    }

    const reach::Starter starter = reach::this_starter();
    const reach::ProgramChain chain = reach::follow(arguments, starter);
    asked.facts = chain.facts;
    if (chain.broken) {
        const bool bare = asked.facts.executed.find('/') == std::string::npos;
        asked.assumed.push_back(chain.broken->what + (bare ? ": patterns with a slash cannot match it" : ""));
        if (!chain.file)
            fall_back_to_name(asked.facts, arguments);
    } else {
        asked.assumed.push_back("it is started from here, with this PATH and working folder");
        asked.unreached = obstacle_of(reach::judge_program(chain, starter, find_library().name));
    }
    if (request.command.empty())
        asked.assumed.push_back("it is started without arguments; --command gives the whole command line");
    else if (!chain.is_script())
        asked.facts.command = request.command.substr(0, policy::kLongestCommand);
    return asked;
}

// The library in it obeys its own environment, as it was when it started.
void compare_environments(int pid, AskedProgram& asked)
{
    for (const char* const name : {"KASHIM_CONFIG", "KASHIM_OPTIONS", "KASHIM_DISABLE"}) {
        const char* const ours = std::getenv(name);
        const std::string here = ours != nullptr ? ours : "";
        const std::string there = reach::variable_of(pid, name).value_or("");
        if (here != there)
            asked.assumed.push_back(
                there.empty()
                    ? fmt::format("{} of this environment counts, which the process has not", name)
                    : fmt::format("{}={} in the environment of the process does not count here", name, there));
    }
}

AskedProgram running(int pid)
{
    AskedProgram asked{.name = fmt::format("process {}", pid)};
    auto facts = platform::program_facts_of(pid);
    if (!facts) {
        asked.error = fmt::format("there is no process {}", pid);
        return asked;
    }
    asked.facts = std::move(*facts);
    asked.assumed.push_back("the configuration is that of a program started from here, now");
    if (asked.facts.executable.empty())
        asked.assumed.push_back("its file may not be looked at by this user: patterns with a slash cannot match it");
    compare_environments(pid, asked);
    asked.unreached = obstacle_of(reach::judge_process(reach::look_at_process(pid), find_library().name));
    return asked;
}

}  // namespace

AskedProgram asked_program(const ProgramRequest& request)
{
    return request.pid != 0 ? running(request.pid) : started_from_here(request);
}

}  // namespace kashim::cli
