// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/program_chain.h"

#include "host/program_facts.h"
#include "platform/command_line.h"
#include "platform/system.h"
#include "reach/native.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace kashim::reach {
namespace {

constexpr std::size_t kMostSteps = 32;

Break not_found(const FoundProgram& found)
{
    const std::string& name = found.path;
    if (found.file && !found.file.is_regular())
        return {Cause::not_executable, fmt::format("{} is no regular file", name), "name the program itself"};
    if (found.file && found.file.on_noexec())
        return {Cause::not_executable, fmt::format("{} is on a file system that is mounted noexec", name),
                "put the program on another file system"};
    if (found.error == EACCES)
        return {Cause::not_executable, fmt::format("{} may not be executed by this user", name),
                "give it the right to execute (chmod +x), or ask as a user who may"};
    if (found.error == ENOENT || found.error == ENOTDIR)
        return {Cause::not_found,
                name.find('/') == std::string::npos ? fmt::format("{} is in no folder of PATH", name)
                                                    : fmt::format("{} does not exist", name),
                "name a program that is there; a process is asked about by its number"};
    return {Cause::not_found, fmt::format("{} cannot be looked at: {}", name, std::strerror(found.error)), ""};
}

Break no_interpreter(const std::string& script, const std::string& interpreter, int error)
{
    if (interpreter.ends_with('\r'))
        return {Cause::script_broken,
                fmt::format("the first line of {} ends with a carriage return, which counts as part of the "
                            "interpreter's name",
                            script),
                "write the file with Unix line ends"};
    const std::string why = error == EACCES                       ? "may not be executed by this user"
                            : error == ENOENT || error == ENOTDIR ? "does not exist"
                                                                  : std::string(std::strerror(error));
    return {Cause::script_broken, fmt::format("the interpreter of {} is {}, which {}", script, interpreter, why),
            "install the interpreter, or mend the first line"};
}

class Follower {
public:
    Follower(const std::vector<std::string>& arguments, const Starter& starter)
        : arguments_(arguments), path_(starter.path)
    {
    }

    ProgramChain chain()
    {
        FoundProgram found = find_program(arguments_.at(0), path_);
        start(found);
        while (found.error == 0 && step(found))
            ;
        if (found.error != 0 && !chain_.broken)
            chain_.broken = not_found(found);
        chain_.file = std::move(found.file);
        fill_facts();
        return std::move(chain_);
    }

private:
    // An execve() begins: what the kernel remembers of it.
    void start(const FoundProgram& found)
    {
        chain_.facts.executed = found.path;
        scripts_ = 0;
    }

    bool stop(Break why)
    {
        chain_.broken = std::move(why);
        return false;
    }

    // Takes one more step; false where it was the last.
    bool step(FoundProgram& found)
    {
        if (chain_.steps.size() == kMostSteps)
            return stop({Cause::script_broken, "scripts run each other without end", "mend their first lines"});
        const std::string start = found.file.start(shebang_rules().bytes);
        if (found.file.error() != 0)
            return stop(
                {Cause::unreadable,
                 fmt::format("{} may be executed, but not read, by this user: what it is cannot be told", found.path),
                 "ask as root"});
        if (const auto shebang = read_shebang(start, shebang_rules()))
            return script(found, *shebang);
        Native native = look_at_native(found.file.reader());
        chain_.mach = std::move(native.mach);
        if (native.runs)
            return program(found, native.image);
        if (!native.foreign.empty())
            return stop(
                {Cause::other_system,
                 fmt::format("{} is {}, which {} does not run", found.path, native.foreign, platform::kSystemName),
                 "ask there: what is said here comes from the file alone"});
        if (start.find('\0') != std::string::npos || start.starts_with("\177ELF"))
            return stop(
                {Cause::not_a_program,
                 fmt::format("{} is neither a program that {} runs nor a script", found.path, platform::kSystemName),
                 "name the program itself"});
        return without_shebang(found);
    }

    bool script(FoundProgram& found, const Shebang& shebang)
    {
        const std::string path = found.path;
        chain_.steps.push_back({Step::Kind::script, path});
        if (shebang.interpreter.empty())
            return stop(
                {Cause::script_broken,
                 fmt::format("the first line of {} names no interpreter that the kernel takes", path),
                 fmt::format("mend the first line: \"#!\", then a path, within {} bytes", shebang_rules().bytes)});
        if (++scripts_ > shebang_rules().most)
            return stop({Cause::script_broken, fmt::format("{} is {}", path, shebang_rules().too_many),
                         "name a program in the first line, not a script"});
        arguments_.front() = path;
        const std::vector<std::string> given = shebang.arguments(shebang_rules());
        arguments_.insert(arguments_.begin(), given.begin(), given.end());
        arguments_.insert(arguments_.begin(), shebang.interpreter);
        // As it stands there: not looked up in PATH.
        const std::string interpreter =
            shebang.interpreter.find('/') == std::string::npos ? "./" + shebang.interpreter : shebang.interpreter;
        found = find_program(interpreter, path_);
        return found.error == 0 || stop(no_interpreter(path, shebang.interpreter, found.error));
    }

    bool without_shebang(FoundProgram& found)
    {
        chain_.steps.push_back({Step::Kind::shell, found.path});
        arguments_.front() = found.path;
        arguments_.insert(arguments_.begin(), "/bin/sh");
        found = find_program("/bin/sh", path_);
        start(found);
        return found.error == 0;
    }

    bool program(FoundProgram& found, const ElfImage& image)
    {
        if (!image.interpreter.empty() && !host::Root().find(image.interpreter))
            return stop(
                {Cause::loader_missing,
                 fmt::format("{} needs the program loader {}, which does not exist", found.path, image.interpreter),
                 "install the C library that it was built for"});
        const bool is_env = policy::file_name(found.path) == "env";
        EnvCommand command;
        if (is_env)
            command = read_env(std::span<const std::string>(arguments_).subspan(1));
        if (command.words.empty()) {
            chain_.steps.push_back({Step::Kind::program, found.path});
            chain_.image = image;
            return false;
        }
        chain_.steps.push_back({Step::Kind::env, found.path, command.preload});
        chain_.preload_cleared = command.preload ? !*command.preload : chain_.preload_cleared;
        if (command.path)
            path_ = command.path;
        arguments_ = std::move(command.words);
        found = find_program(arguments_.front(), path_);
        start(found);
        return found.error == 0;
    }

    void fill_facts()
    {
        host::ProgramFacts& facts = chain_.facts;
        facts.executable = chain_.file ? chain_.file.path() : std::string();
        facts.name = policy::file_name(facts.executed).substr(0, platform::kLongestName);
        std::string raw;
        for (const std::string& argument : arguments_)
            raw += argument + '\0';
        raw.resize(std::min(raw.size(), policy::kLongestCommand));
        facts.command.resize(raw.size());
        facts.command.resize(platform::joined_arguments(raw, facts.command).size());
        facts.script = platform::script_in(facts.executable, raw);
    }

    std::vector<std::string> arguments_;
    std::optional<std::string> path_;
    std::size_t scripts_ = 0;
    ProgramChain chain_;
};

}  // namespace

ProgramChain follow(const std::vector<std::string>& arguments, const Starter& starter)
{
    return Follower(arguments, starter).chain();
}

}  // namespace kashim::reach
