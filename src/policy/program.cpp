// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/program.h"

#include "policy/glob.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

namespace kashim::policy {
namespace {

// A short text that holds its letters itself: the loader would have to fill in the address of each std::string_view of a
// table, in every process that starts.
template <std::size_t Longest>
class Word {
public:
    template <std::size_t Size>
    consteval Word(const char (&text)[Size]) : size_(Size - 1)
    {
        static_assert(Size - 1 <= Longest);
        std::copy_n(text, Size - 1, text_.begin());
    }

    constexpr operator std::string_view() const { return {text_.data(), size_}; }

private:
    std::array<char, Longest> text_{};
    std::uint8_t size_;
};

// An interpreter's options by their letter: those that take the next argument or the rest of their own, those that can
// only take the rest of their own, and those after which there is no script (code, a module or standard input instead).
struct Interpreter {
    Word<7> name;
    Word<7> with_value;
    Word<11> with_rest;
    Word<7> without_script;
};

constexpr Interpreter kInterpreters[] = {
    Interpreter{"python", "WX", "", "cm"},
    Interpreter{"pypy", "WX", "", "cm"},
    Interpreter{"perl", "I", ":CDFMVimx", "eE"},
    Interpreter{"ruby", "CEIr", "FKTWix", "e"},
    Interpreter{"node", "Cr", "", "ep"},
    Interpreter{"nodejs", "Cr", "", "ep"},
    Interpreter{"php", "cdz", "", "BRSr"},
    Interpreter{"bash", "Oo", "", "cs"},
    Interpreter{"dash", "o", "", "cs"},
    Interpreter{"ash", "o", "", "cs"},
    Interpreter{"sh", "o", "", "cs"},
    Interpreter{"ksh", "o", "", "cs"},
    Interpreter{"zsh", "o", "", "cs"},
    Interpreter{"lua", "el", "", ""},
    Interpreter{"tclsh", "", "", ""},
    Interpreter{"Rscript", "", "", "e"},
    Interpreter{"guile", "Lelx", "", "c"},
};

constexpr std::string_view kManyTools = "busybox";

// Long options that take the next argument, of whichever interpreter; none means something else to another.
constexpr Word<23> kLongWithValue[] = {
    "--require",    "--import",
    "--loader",     "--experimental-loader",
    "--conditions", "--title",
    "--rcfile",     "--init-file",
    "--emulate",    "--check-hash-based-pycs",
    "--define",     "--php-ini",
    "--encoding",   "--external-encoding",
};
constexpr Word<23> kLongWithoutScript[] = {"--eval", "--print", "--run"};

bool holds(std::span<const Word<23>> words, std::string_view word)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

// python3.11 is python: digits, dots and dashes behind the name are its version.
bool is_versioned(std::string_view text, std::string_view name)
{
    return text.starts_with(name) && std::all_of(text.begin() + static_cast<std::ptrdiff_t>(name.size()), text.end(),
                                                 [](char c) { return (c >= '0' && c <= '9') || c == '.' || c == '-'; });
}

const Interpreter* interpreter(std::string_view executable)
{
    const std::string_view name = file_name(executable);
    const auto* const found = std::find_if(std::begin(kInterpreters), std::end(kInterpreters),
                                           [name](const Interpreter& i) { return is_versioned(name, i.name); });
    return found == std::end(kInterpreters) ? nullptr : found;
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
    // It is what it is called as: a shell, or something that runs no script.
    if (file_name(executable) == kManyTools) {
        if (!arguments.empty() && file_name(arguments[0]) == kManyTools)
            arguments = arguments.subspan(1);
        executable = arguments.empty() ? std::string_view{} : arguments[0];
    }
    const Interpreter* known = interpreter(executable);
    if (known == nullptr)
        return {};
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const std::string_view argument = arguments[i];
        if (argument == "--")
            return i + 1 < arguments.size() ? arguments[i + 1] : std::string_view{};
        if (argument == "-")
            return {};
        if (argument.size() < 2 || argument[0] != '-')
            return argument;
        if (argument[1] == '-') {
            if (holds(kLongWithoutScript, argument))
                return {};
            if (holds(kLongWithValue, argument))
                ++i;
            continue;
        }
        // -xyz is -x -y -z: the last letter may take the next argument, an earlier one takes the rest of this one.
        const auto letters = argument.substr(1);
        for (std::size_t at = 0; at < letters.size(); ++at) {
            const auto is_among = [letter = letters[at]](std::string_view those) {
                return those.find(letter) != std::string_view::npos;
            };
            if (is_among(known->without_script))
                return {};
            if (is_among(known->with_value) && at + 1 == letters.size())
                ++i;
            if (is_among(known->with_value) || is_among(known->with_rest))
                break;
        }
    }
    return {};
}

bool may_run_script(std::string_view executable)
{
    return file_name(executable) == kManyTools || interpreter(executable) != nullptr;
}

bool matches_program(std::string_view pattern, const Program& program)
{
    if (pattern.find('/') != std::string_view::npos)
        return any_matches(pattern, {program.executable, program.executed});
    return any_matches(
        pattern, {file_name(program.executable), file_name(program.executed), program.name, file_name(program.script)});
}

bool matches_command(std::string_view pattern, const Program& program)
{
    return glob_matches(pattern, program.command.substr(0, kLongestCommand));
}

bool programs_match(const Selector& selector, const Program& program)
{
    return selector.programs.empty() || std::ranges::any_of(selector.programs, [&](const auto& pattern) {
               return matches_program(pattern, program);
           });
}

bool commands_match(const Selector& selector, const Program& program)
{
    return selector.commands.empty() || std::ranges::any_of(selector.commands, [&](const auto& pattern) {
               return matches_command(pattern, program);
           });
}

bool matches(const Selector& selector, const Program& program)
{
    return programs_match(selector, program) && commands_match(selector, program);
}

}  // namespace kashim::policy
