// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The command line: which commands there are, and what each takes. args.cpp is the only unit that sees CLI11: its header
// costs ten seconds of compilation in every unit that includes it.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace kashim::cli {

/// Exit statuses, the same for every command but run, which gives its program's.
inline constexpr int kGood = 0;
inline constexpr int kBad = 1;     ///< the command's answer is no: errors found, a program that is not reached ...
inline constexpr int kFailed = 2;  ///< wrong usage, or what was asked for cannot be looked at

/// One option or positional argument. All of these give the option itself.
class Option {
public:
    explicit Option(CLI::Option* option) : option_(option) {}

    /// What --help calls the value.
    Option& value(const std::string& name);
    /// The same, in place of all that --help would say of it.
    Option& shown_as(const std::string& text);
    /// Empty where the value is good, else what is wrong with it.
    Option& check(std::function<std::string(const std::string&)> problem);
    /// An empty value is refused: a script's variable that is not set must not mean the file that would be found.
    Option& names_a_file();
    /// It may be given without a value, and has this one then.
    Option& defaults_to(const std::string& value);
    Option& needs(const Option& other);
    Option& excludes(const Option& other);

private:
    friend class Args;
    CLI::Option* option_;
};

/// The arguments of one command.
class Args {
public:
    /// Where the command starts a program, its command line is cut where the program's own begins: everything after
    /// PROGRAM belongs to the program, even what looks like an option. The parser never sees that, and the program gets
    /// the very strings that we got.
    enum class Program {
        none,
        first,  ///< PROGRAM is the first argument that is neither an option nor an option's value, or follows "--"
        after_dashes,  ///< PROGRAM follows "--"
    };

    Option flag(const std::string& names, bool& value, const std::string& help);
    Option option(const std::string& names, std::string& value, const std::string& help);
    Option option(const std::string& names, int& value, const std::string& help);
    Option option(const std::string& names, double& value, const std::string& help);
    /// May be given several times, each with one value.
    Option option(const std::string& names, std::vector<std::string>& values, const std::string& help);
    Option positional(const std::string& name, std::string& value, const std::string& help);
    Option positionals(const std::string& name, std::vector<std::string>& values, const std::string& help);
    Option positionals(const std::string& name, std::vector<pid_t>& values, const std::string& help);

    /// A usage line where the parser cannot know it: "[OPTIONS] [--] PROGRAM [ARGUMENT...]".
    void usage(const std::string& line);
    void footer(const std::string& text);
    /// One of the two must be given; the text names both.
    void needs_one_of(const Option& one, const Option& other, const std::string& text);
    /// Whatever its arguments are, they are not looked at.
    void takes_anything();
    void starts_program(Program where) { program_ = where; }
    /// The exit status of wrong usage, where it is not kFailed.
    void fails_with(int status) { failure_ = status; }

    /// What the command does: it gets the program's command line, ended by a null pointer, or null where there is none,
    /// and gives the exit status.
    void action(std::function<int(char** program)> action) { action_ = std::move(action); }

private:
    friend class CommandLine;
    explicit Args(CLI::App& app) : app_(app) {}

    CLI::App& app_;
    Program program_ = Program::none;
    int failure_ = kFailed;
    std::function<int(char**)> action_;
};

class CommandLine {
public:
    CommandLine();
    ~CommandLine();
    CommandLine(const CommandLine&) = delete;
    CommandLine& operator=(const CommandLine&) = delete;

    Args& add(std::string_view name, const std::string& description);

    /// Carries out what the command line says, prints help or says what is wrong; the exit status.
    int run(int argc, char** argv);

private:
    Args* find(std::string_view name);

    std::unique_ptr<CLI::App> app_;
    std::vector<std::unique_ptr<Args>> commands_;
};

}  // namespace kashim::cli
