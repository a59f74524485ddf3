// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/explain/asked_program.h"

#include "cli/doctor/checkup.h"
#include "cli/launch.h"
#include "reach/judge.h"

#include <fmt/format.h>

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
void fall_back_to_name(host::ProgramFacts& facts, const std::vector<std::string>& arguments)
{
    const std::vector<std::string_view> views(arguments.begin(), arguments.end());
    facts.script = policy::script_of(facts.executed, views);
}

void take(const reach::Verdict& verdict, AskedProgram& asked)
{
    if (verdict.answer() == reach::Reached::not_reached)
        asked.unreached = verdict.diagnoses.front().what;
    if (verdict.answer() == reach::Reached::unknown)
        asked.assumed.push_back("the library reaches it, which cannot be told: " + verdict.diagnoses.front().what);
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
        if (chain
                .is_script())  // a wrapper such as Debian's psql executes another file, which rules see by its own path
            asked.assumed.push_back("the script connects or listens itself; what it starts is a program of its own");
        take(verdict_of(chain, starter, find_library(chain.image)), asked);
    }
    if (request.command.empty())
        asked.assumed.push_back("it is started without arguments; --command gives the whole command line");
    else if (!chain.is_script())
        asked.facts.command = request.command.substr(0, policy::kLongestCommand);
    return asked;
}

AskedProgram running(int pid)
{
    AskedProgram asked{.name = fmt::format("process {}", pid)};
    auto facts = host::program_facts_of(pid);
    if (!facts) {
        asked.error = fmt::format("there is no process {}", pid);
        return asked;
    }
    asked.facts = std::move(*facts);
    if (asked.facts.executable.empty())
        asked.assumed.push_back("its file may not be looked at by this user: patterns with a slash cannot match it");
    reach::Process process = reach::look_at_process(pid);
    take(reach::judge_process(process, find_library(process.image).name), asked);
    if (process.sight == reach::Process::Sight::whole)
        asked.process = std::move(process);
    else
        asked.assumed.push_back("the configuration is that of a program started from here, now");
    return asked;
}

}  // namespace

AskedProgram asked_program(const ProgramRequest& request)
{
    return request.pid != 0 ? running(request.pid) : started_from_here(request);
}

}  // namespace kashim::cli
