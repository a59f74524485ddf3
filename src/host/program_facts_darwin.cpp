// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "host/program_facts.h"

#include "host/process_strings_darwin.h"
#include "platform/command_line.h"

#include <libproc.h>
#include <sys/param.h>
#include <sys/sysctl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace kashim::host {
namespace {

// The next string, and the text behind its zero byte.
std::string_view take_string(std::string_view& text)
{
    const auto end = std::min(text.find('\0'), text.size());
    const std::string_view string = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return string;
}

}  // namespace

ProcessStrings process_strings(int pid)
{
    ProcessStrings strings;
    int most = 0;
    std::size_t size = sizeof most;
    int which_most[] = {CTL_KERN, KERN_ARGMAX};
    int which[] = {CTL_KERN, KERN_PROCARGS2, pid};
    std::string memory;
    if (::sysctl(which_most, 2, &most, &size, nullptr, 0) == 0) {
        memory.resize(static_cast<std::size_t>(most));
        size = memory.size();
    }
    int count = 0;
    if (memory.empty() || ::sysctl(which, 3, memory.data(), &size, nullptr, 0) != 0 || size < sizeof count) {
        strings.error = errno != 0 ? errno : EINVAL;
        return strings;
    }
    std::memcpy(&count, memory.data(), sizeof count);
    std::string_view rest = std::string_view(memory).substr(sizeof count, size - sizeof count);
    strings.executed = take_string(rest);
    rest.remove_prefix(std::min(rest.find_first_not_of('\0'), rest.size()));  // it is aligned
    for (int i = 0; i < count && !rest.empty(); ++i)
        strings.arguments.append(take_string(rest)) += '\0';
    while (!rest.empty() && rest.front() != '\0')
        strings.environment.emplace_back(take_string(rest));
    return strings;
}

std::string executable_of(int pid)
{
    std::string path(PROC_PIDPATHINFO_MAXSIZE, '\0');
    const int size = ::proc_pidpath(pid, path.data(), static_cast<std::uint32_t>(path.size()));
    path.resize(static_cast<std::size_t>(std::max(size, 0)));
    return path;
}

std::optional<ProgramFacts> program_facts_of(int pid)
{
    std::string name(2 * MAXCOMLEN, '\0');
    name.resize(
        static_cast<std::size_t>(std::max(::proc_name(pid, name.data(), static_cast<std::uint32_t>(name.size())), 0)));
    ProgramFacts facts;
    facts.executable = executable_of(pid);
    if (name.empty() && facts.executable.empty())
        return std::nullopt;
    const ProcessStrings strings = process_strings(pid);
    facts.executed = strings.executed;
    // As the library saw it: the last part of the executed path, cut.
    const std::string_view own = policy::file_name(facts.executed.empty() ? facts.executable : facts.executed);
    facts.name = own.empty() ? name : std::string(own.substr(0, MAXCOMLEN));
    const std::string_view raw = std::string_view(strings.arguments).substr(0, policy::kLongestCommand);
    facts.command.resize(raw.size());
    facts.command.resize(platform::joined_arguments(raw, facts.command).size());
    facts.script = platform::script_in(facts.executable, raw);
    return facts;
}

}  // namespace kashim::host
