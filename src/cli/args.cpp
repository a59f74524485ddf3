// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/args.h"

#include "cli/system_text.h"
#include "config/suggest.h"
#include "config/words.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <set>
#include <utility>

namespace kashim::cli {
namespace {

/// --help. CLI11 has a formatter too, but its layout changes from version to version: 2.6 breaks the examples' lines anew.
class HelpFormatter : public CLI::FormatterBase {
public:
    /// usage: what stands behind the name, where the parser cannot know it; else empty.
    explicit HelpFormatter(std::string usage = {}) : usage_(std::move(usage)) {}

    std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode) const override
    {
        std::string text =
            fmt::format("{}\nUsage: {} {}\n", app->get_description(), name, usage_.empty() ? usage_of(*app) : usage_);
        text += section("Positionals", options_of(*app, true)) + section("Options", options_of(*app, false));
        std::vector<Row> commands;
        for (const CLI::App* const command : app->get_subcommands([](const CLI::App*) { return true; }))
            commands.push_back({command->get_name(), command->get_description()});
        text += section("Verbs", commands);
        if (const std::string footer = app->get_footer(); !footer.empty())
            text += "\n" + footer + "\n";
        return text;
    }

private:
    struct Row {
        std::string name;
        std::string description;
    };

    static bool takes_many(const CLI::Option& option) { return option.get_expected_max() > 1; }

    static std::string usage_of(const CLI::App& app)
    {
        std::string usage = "[OPTIONS]";
        for (const CLI::Option* const option : app.get_options()) {
            if (option->get_positional())
                usage += fmt::format(" [{}{}]", option->get_name(true), takes_many(*option) ? "..." : "");
        }
        return usage;
    }

    // " with: --inbound", in the order in which the command has them.
    static std::string others(const CLI::App& app, const char* word, const std::set<CLI::Option*>& options)
    {
        std::string text;
        for (const CLI::Option* const option : app.get_options()) {
            const bool is_one = std::ranges::any_of(options, [option](const auto* other) { return other == option; });
            if (is_one)
                text += (text.empty() ? fmt::format(" {}:", word) : "") + " " + option->get_name();
        }
        return text;
    }

    // What stands behind the name.
    static std::string takes(const CLI::App& app, const CLI::Option& option)
    {
        if (!option.get_option_text().empty())
            return " " + option.get_option_text();
        std::string text;
        if (option.get_type_size() != 0) {
            text = option.get_type_name().empty() ? "" : " " + option.get_type_name();
            text += option.get_default_str().empty() ? "" : "=" + option.get_default_str();
            text += takes_many(option) ? " ..." : "";
        }
        return text + others(app, "with", option.get_needs()) + others(app, "not with", option.get_excludes());
    }

    static std::vector<Row> options_of(const CLI::App& app, bool positional)
    {
        std::vector<Row> rows;
        for (const CLI::Option* const option : app.get_options()) {
            if (option->get_positional() == positional)
                rows.push_back(
                    {option->get_name(positional, !positional) + takes(app, *option), option->get_description()});
        }
        return rows;
    }

    static std::string section(const char* title, const std::vector<Row>& rows)
    {
        constexpr std::size_t kIndent = 30;
        std::string text = rows.empty() ? "" : fmt::format("\n{}:\n", title);
        for (const Row& row : rows) {
            const std::string name = "  " + row.name;
            const bool fits = name.size() < kIndent;
            text += fmt::format("{:{}}{}{}\n", name, fits ? kIndent : 0, fits ? "" : "\n" + std::string(kIndent, ' '),
                                row.description);
        }
        return text;
    }

    std::string usage_;
};

// --- what is wrong with a command line --------------------------------------------------------------------------------

std::string suggestion(std::string_view word, const std::vector<std::string>& known)
{
    const std::vector<std::string_view> candidates(known.begin(), known.end());
    const std::optional<std::string_view> near = config::nearest(word, candidates);
    return near ? fmt::format("; did you mean \"{}\"?", *near) : std::string();
}

std::vector<std::string> commands_of(const CLI::App& app)
{
    std::vector<std::string> names;
    for (const CLI::App* const command : app.get_subcommands(nullptr))
        names.push_back(command->get_name());
    return names;
}

std::vector<std::string> options_of(const CLI::App& command)
{
    std::vector<std::string> names;
    for (const CLI::Option* const option : command.get_options()) {
        for (const std::string& name : option->get_lnames())
            names.push_back("--" + name);
    }
    return names;
}

bool looks_like_option(std::string_view argument)
{
    return argument.size() > 1 && argument[0] == '-';
}

std::string unknown_option(std::string_view argument, const CLI::App& command)
{
    const std::string_view name = argument.substr(0, argument.find('='));
    return fmt::format("unknown option {}{}", config::in_quotes(name), suggestion(name, options_of(command)));
}

// Some of the parser's errors are worded for its programmers.
std::string sentence(const CLI::App& command, const CLI::ParseError& error)
{
    const std::string text = error.what();
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) == nullptr)
        return text;
    const std::string name = text.substr(0, text.find(':'));
    const CLI::Option* const option = command.get_option_no_throw(name);
    if (option == nullptr)
        return text;
    if (option->count() > 1)
        return fmt::format("{} may be given only once", name);
    return fmt::format("{} needs a value: {} {}", name, name, option->get_type_name());
}

std::string what_is_wrong(const CLI::App& app, const CLI::App* command, const CLI::ParseError& error)
{
    // Said before what is missing: the misspelt word may be it.
    if (const std::vector<std::string> stray = app.remaining(false); !stray.empty()) {
        if (looks_like_option(stray[0]))
            return unknown_option(stray[0], app) + (command != nullptr ? "; a verb's options stand behind it" : "");
        return fmt::format("unknown verb {}{}", config::in_quotes(stray[0]), suggestion(stray[0], commands_of(app)));
    }
    if (command == nullptr)
        return "say what to do: kashim VERB";
    if (const std::vector<std::string> stray = command->remaining(false); !stray.empty()) {
        if (looks_like_option(stray[0]))
            return unknown_option(stray[0], *command);
        return fmt::format("unexpected argument {}", config::in_quotes(stray[0]));
    }
    return sentence(*command, error);
}

// For standard error: one line that says what is wrong, one that says where help is.
std::string complaint(const CLI::App& app, const CLI::App* command, const CLI::ParseError& error)
{
    const std::string name = command != nullptr ? "kashim " + command->get_name() : "kashim";
    return fmt::format("{}: {}\nsee: {} --help\n", name, what_is_wrong(app, command, error), name);
}

// --- where a program's command line begins ----------------------------------------------------------------------------

struct Cut {
    int ours = 0;              ///< how many arguments are for the parser
    char** program = nullptr;  ///< PROGRAM, its arguments, a null pointer; null where no program is named
};

// --config FILE is two arguments, --config=FILE and --json are one.
bool takes_the_next(const CLI::App& command, std::string_view argument)
{
    const CLI::Option* const option = command.get_option_no_throw(std::string(argument));
    return option != nullptr && option->get_items_expected_min() > 0;
}

Cut cut_at_first(const CLI::App& command, int argc, char** argv)
{
    for (int i = 2; i < argc; ++i) {
        const std::string_view argument = argv[i];
        if (argument == "--")
            return {i, i + 1 < argc ? argv + i + 1 : nullptr};
        if (!looks_like_option(argument))
            return {i, argv + i};
        if (takes_the_next(command, argument))
            ++i;
    }
    return {argc, nullptr};
}

Cut cut_after_dashes(int argc, char** argv)
{
    char** const mark = std::find(argv, argv + argc, std::string_view("--"));
    return {static_cast<int>(mark - argv), mark != argv + argc ? mark + 1 : nullptr};
}

// --- kashim --help ----------------------------------------------------------------------------------------------------

void describe(CLI::App& app)
{
    app.formatter(std::make_shared<HelpFormatter>("VERB [OPTIONS] [ARGUMENT...]"));
    app.description("TCP keepalive for programs that nobody can change.");
    app.get_help_ptr()->description("Prints this, behind a verb the help of that verb");
    app.get_option("--version")->description("Prints the version");
    for (CLI::App* const command : app.get_subcommands({})) {
        command->get_help_ptr()->description("Prints this");
    }
    app.footer("Examples:\n"
               "  kashim run psql -h db.example\n"
               "      psql with the rules in force; what stands behind its name is its own\n"
               "  kashim run --set dead_after=45s --dry-run ./app --verbose\n"
               "      how ./app would be started, and which rules concern it\n"
               "  kashim check\n"
               "      what is wrong with the configuration\n"
               "  kashim explain --program psql --outbound db.example:5432\n"
               "      which rule decides for that connection, and when its death is noticed\n"
               "  kashim doctor /usr/bin/hugo\n"
               "      whether a program can be reached, and what stands in the way\n" +
               std::string(system_text().live_examples) +
               "\n"
               "kashim VERB --help says more about each. The configuration is " +
               std::string(system_text().configuration) +
               ", if it is there:\n"
               "kashim.toml(5). How the library works in a program: libkashim.so(7).\n"
               "Exit status: 0 yes or done, 1 no, 2 wrong usage or failed; run gives its program's.");
}

}  // namespace

// --- one option -------------------------------------------------------------------------------------------------------

Option& Option::value(const std::string& name)
{
    option_->type_name(name);
    return *this;
}

Option& Option::shown_as(const std::string& text)
{
    option_->option_text(text);
    return *this;
}

Option& Option::check(std::function<std::string(const std::string&)> problem)
{
    option_->check(std::move(problem));
    return *this;
}

Option& Option::names_a_file()
{
    return check([](const std::string& file) { return std::string(file.empty() ? "it names no file" : ""); });
}

Option& Option::defaults_to(const std::string& value)
{
    option_->expected(0, 1)->default_str(value);
    return *this;
}

Option& Option::needs(const Option& other)
{
    option_->needs(other.option_);
    return *this;
}

Option& Option::excludes(const Option& other)
{
    option_->excludes(other.option_);
    return *this;
}

// --- one command ------------------------------------------------------------------------------------------------------

Option Args::flag(const std::string& names, bool& value, const std::string& help)
{
    return Option(app_.add_flag(names, value, help));
}

Option Args::option(const std::string& names, std::string& value, const std::string& help)
{
    return Option(app_.add_option(names, value, help));
}

Option Args::option(const std::string& names, int& value, const std::string& help)
{
    return Option(app_.add_option(names, value, help));
}

Option Args::option(const std::string& names, double& value, const std::string& help)
{
    return Option(app_.add_option(names, value, help));
}

Option Args::option(const std::string& names, std::vector<std::string>& values, const std::string& help)
{
    return Option(app_.add_option(names, values, help)->allow_extra_args(false));
}

Option Args::positional(const std::string& name, std::string& value, const std::string& help)
{
    return Option(app_.add_option(name, value, help)->type_name(""));
}

Option Args::positionals(const std::string& name, std::vector<std::string>& values, const std::string& help)
{
    return Option(app_.add_option(name, values, help)->type_name(""));
}

Option Args::positionals(const std::string& name, std::vector<pid_t>& values, const std::string& help)
{
    return Option(app_.add_option(name, values, help)->option_text("..."));
}

void Args::usage(const std::string& line)
{
    app_.formatter(std::make_shared<HelpFormatter>(line));
}

void Args::footer(const std::string& text)
{
    app_.footer(text);
}

void Args::needs_one_of(const Option& one, const Option& other, const std::string& text)
{
    app_.callback([one = one.option_, other = other.option_, text] {
        if (one->count() + other->count() == 0)
            throw CLI::RequiredError(text);
    });
}

void Args::takes_anything()
{
    app_.prefix_command();
}

// --- all of them ------------------------------------------------------------------------------------------------------

CommandLine::CommandLine() : app_(std::make_unique<CLI::App>("", "kashim"))
{
    app_->set_version_flag("--version", "kashim " KASHIM_VERSION);
    app_->require_subcommand(1);
}

CommandLine::~CommandLine() = default;

Args& CommandLine::add(std::string_view name, const std::string& description)
{
    CLI::App* const app = app_->add_subcommand(std::string(name), description);
    app->formatter(std::make_shared<HelpFormatter>());
    return *commands_.emplace_back(new Args(*app));
}

Args* CommandLine::find(std::string_view name)
{
    const auto found = std::ranges::find_if(
        commands_, [name](const std::unique_ptr<Args>& args) { return args->app_.get_name() == name; });
    return found != commands_.end() ? found->get() : nullptr;
}

int CommandLine::run(int argc, char** argv)
{
    describe(*app_);
    Cut cut{argc, nullptr};
    if (const Args* const named = argc > 1 ? find(argv[1]) : nullptr) {
        if (named->program_ == Args::Program::first)
            cut = cut_at_first(named->app_, argc, argv);
        if (named->program_ == Args::Program::after_dashes)
            cut = cut_after_dashes(argc, argv);
    }
    // kashim help VERB is kashim VERB --help.
    std::string help = "--help";
    std::vector<char*> asked(argv, argv + cut.ours);
    if (argc > 1 && argv[1] == std::string_view("help")) {
        asked.erase(asked.begin() + 1);
        asked.push_back(help.data());
    }
    const auto chosen = [this]() -> Args* {
        const std::vector<CLI::App*> apps = app_->get_subcommands();
        return apps.empty() ? nullptr : find(apps.front()->get_name());
    };
    try {
        app_->parse(static_cast<int>(asked.size()), asked.data());
    } catch (const CLI::ParseError& error) {
        const bool answered = error.get_exit_code() == 0 && app_->remaining(false).empty();
        if (answered)
            return app_->exit(error) == 0 ? kGood : kFailed;
        const Args* const command = chosen();
        std::fputs(complaint(*app_, command != nullptr ? &command->app_ : nullptr, error).c_str(), stderr);
        return command != nullptr ? command->failure_ : kFailed;
    }
    return chosen()->action_(cut.program);
}

}  // namespace kashim::cli
