// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/program.h"

#include "policy/glob.h"

#include <algorithm>
#include <array>

namespace kashim::policy {
namespace {

// An interpreter's options that take the next argument, and those after which there is no script at all (code or a
// module is given instead). Each letter stands for itself behind one dash.
struct Interpreter {
    std::string_view name;
    std::string_view with_value;
    std::string_view without_script;
};

constexpr std::array kInterpreters = {
    Interpreter{"python", "WX", "cm"}, Interpreter{"pypy", "WX", "cm"},  Interpreter{"perl", "I", "eE"},
    Interpreter{"ruby", "ICEr", "e"},  Interpreter{"node", "r", "ep"},   Interpreter{"nodejs", "r", "ep"},
    Interpreter{"php", "dcz", "rBRS"}, Interpreter{"bash", "oO", "c"},   Interpreter{"dash", "o", "c"},
    Interpreter{"sh", "o", "c"},       Interpreter{"ksh", "o", "c"},     Interpreter{"zsh", "o", "c"},
    Interpreter{"lua", "l", "e"},      Interpreter{"tclsh", "", ""},     Interpreter{"Rscript", "", "e"},
    Interpreter{"guile", "Lx", "c"},   Interpreter{"busybox", "", ""},
};

// python3.11 is python: digits, dots and dashes behind the name are its version.
bool is_versioned(std::string_view text, std::string_view name)
{
    return text.starts_with(name) &&
           std::all_of(text.begin() + static_cast<std::ptrdiff_t>(name.size()), text.end(),
                       [](char c) { return (c >= '0' && c <= '9') || c == '.' || c == '-'; });
}

const Interpreter* interpreter(std::string_view executable)
{
    const std::string_view name = file_name(executable);
    const auto found = std::find_if(kInterpreters.begin(), kInterpreters.end(),
                                    [name](const Interpreter& i) { return is_versioned(name, i.name); });
    return found == kInterpreters.end() ? nullptr : &*found;
}

bool any_matches(std::string_view pattern, std::initializer_list<std::string_view> texts)
{
    return std::any_of(texts.begin(), texts.end(),
                       [pattern](std::string_view text) { return !text.empty() && glob_matches(pattern, text); });
}

}  // namespace

std::string_view file_name(std::string_view path)
{
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view script_of(std::string_view executable, std::span<const std::string_view> arguments)
{
    const Interpreter* known = interpreter(executable);
    if (known == nullptr)
        return {};
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const std::string_view argument = arguments[i];
        if (argument == "--")
            return i + 1 < arguments.size() ? arguments[i + 1] : std::string_view{};
        if (argument.size() < 2 || argument[0] != '-')
            return argument == "-" ? std::string_view{} : argument;
        if (argument[1] == '-')
            continue;
        // -xyz is -x -y -z: the last letter may take the next argument, an earlier one takes the rest of this one.
        const auto letters = argument.substr(1);
        for (std::size_t at = 0; at < letters.size(); ++at) {
            if (known->without_script.find(letters[at]) != std::string_view::npos)
                return {};
            if (known->with_value.find(letters[at]) != std::string_view::npos) {
                if (at + 1 == letters.size())
                    ++i;
                break;
            }
        }
    }
    return {};
}

bool matches_program(std::string_view pattern, const Program& program)
{
    if (pattern.find('/') != std::string_view::npos)
        return any_matches(pattern, {program.executable, program.executed});
    return any_matches(pattern, {file_name(program.executable), file_name(program.executed), program.name,
                                 file_name(program.script)});
}

bool matches_command(std::string_view pattern, const Program& program)
{
    return glob_matches(pattern, program.command.substr(0, kLongestCommand));
}

bool matches(const Selector& selector, const Program& program)
{
    const auto any = [&program](const std::vector<std::string>& patterns, auto test) {
        return patterns.empty() || std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
                   return test(pattern, program);
               });
    };
    return any(selector.programs, matches_program) && any(selector.commands, matches_command);
}

}  // namespace kashim::policy
