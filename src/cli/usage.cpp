// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/usage.h"

#include "config/suggest.h"
#include "config/words.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

namespace kashim::cli {
namespace {

std::string suggestion(std::string_view word, const std::vector<std::string>& known)
{
    const std::vector<std::string_view> candidates(known.begin(), known.end());
    const std::optional<std::string_view> near = config::nearest(word, candidates);
    return near ? fmt::format("; did you mean \"{}\"?", *near) : std::string();
}

std::vector<std::string> verbs_of(const CLI::App& app)
{
    std::vector<std::string> names;
    for (const CLI::App* const verb : app.get_subcommands(nullptr))
        names.push_back(verb->get_name());
    return names;
}

std::vector<std::string> options_of(const CLI::App& verb)
{
    std::vector<std::string> names;
    for (const CLI::Option* const option : verb.get_options()) {
        for (const std::string& name : option->get_lnames())
            names.push_back("--" + name);
    }
    return names;
}

bool looks_like_option(std::string_view argument)
{
    return argument.size() > 1 && argument[0] == '-';
}

std::string unknown_option(std::string_view argument, const CLI::App& verb)
{
    const std::string_view name = argument.substr(0, argument.find('='));
    return fmt::format("unknown option {}{}", config::in_quotes(name), suggestion(name, options_of(verb)));
}

// Of the parser's errors those whose words are for its programmers.
std::string sentence(const CLI::App& verb, const CLI::ParseError& error)
{
    const std::string text = error.what();
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) == nullptr)
        return text;
    const std::string name = text.substr(0, text.find(':'));
    const CLI::Option* const option = verb.get_option_no_throw(name);
    if (option == nullptr)
        return text;
    if (option->count() > 1)
        return fmt::format("{} may be given only once", name);
    return fmt::format("{} needs a value: {} {}", name, name, option->get_type_name());
}

std::string what_is_wrong(const CLI::App& app, const CLI::App* verb, const CLI::ParseError& error)
{
    // Said before what is missing: the misspelt word may be it.
    if (const std::vector<std::string> stray = app.remaining(false); !stray.empty()) {
        if (looks_like_option(stray[0]))
            return unknown_option(stray[0], app) + (verb != nullptr ? "; a verb's options stand behind it" : "");
        return fmt::format("unknown verb {}{}", config::in_quotes(stray[0]), suggestion(stray[0], verbs_of(app)));
    }
    if (verb == nullptr)
        return "say what to do: kashim VERB";
    if (const std::vector<std::string> stray = verb->remaining(false); !stray.empty()) {
        if (looks_like_option(stray[0]))
            return unknown_option(stray[0], *verb);
        return fmt::format("unexpected argument {}", config::in_quotes(stray[0]));
    }
    return sentence(*verb, error);
}

}  // namespace

std::string complaint(const CLI::App& app, const CLI::ParseError& error)
{
    const std::vector<CLI::App*> chosen = app.get_subcommands();
    const CLI::App* const verb = chosen.empty() ? nullptr : chosen.front();
    const std::string name = verb != nullptr ? "kashim " + verb->get_name() : "kashim";
    return fmt::format("{}: {}\nsee: {} --help\n", name, what_is_wrong(app, verb, error), name);
}

}  // namespace kashim::cli
