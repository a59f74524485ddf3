// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/check/findings_json.h"
#include "cli/check/policy_json.h"
#include "cli/check/policy_text.h"
#include "cli/check/readable.h"
#include "cli/commands.h"
#include "cli/compiled.h"
#include "cli/json.h"
#include "cli/output.h"
#include "text/cells.h"
#include "text/findings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <memory>

namespace kashim::cli {
namespace {

using Kind = config::Located::Kind;

struct CheckRequest {
    loaded::ConfigurationRequest configuration;
    bool strict = false;
    bool print = false;
    bool json = false;
};

struct Checked {
    const loaded::Effective& effective;
    std::vector<text::TextFindings> texts;
    bool good;
};

// A file that is named is meant alone; what stands in this environment would be in force with the one that is found.
loaded::Effective effective_for(const loaded::ConfigurationRequest& request)
{
    if (request.config.empty())
        return loaded::effective(request, config::Warnings::yes);
    return loaded::effective_with(request.config == "-" ? loaded::read_standard_input()
                                                        : loaded::read_configuration(request.config),
                                  nullptr, request, config::Warnings::yes);
}

// What the place of the file tells, not its text.
void add_doubts_about_place(text::TextFindings& file)
{
    const std::string hidden = hidden_from_others(file.name);
    if (!hidden.empty())
        file.findings.insert(
            file.findings.begin(),
            {config::Severity::warning, 0, 0,
             fmt::format("other users may not read {}: this file is not in force in their programs", hidden)});
}

// One with errors cannot be compiled.
void add_doubt_about_compiled(const loaded::Effective& effective, text::TextFindings& file)
{
    const auto doubt = effective.good() ? compiled_doubt(file.name, effective.file.located.text) : std::nullopt;
    if (doubt)
        file.findings.insert(file.findings.begin(),
                             {config::Severity::warning, 0, 0,
                              fmt::format("{} is not used: {}; run: {}", doubt->file, doubt->what, doubt->remedy)});
}

std::string summary(const text::Tally& tally, text::Strict strict)
{
    const std::string counts = fmt::format("errors: {}, warnings: {}", tally.errors, tally.warnings);
    if (tally.errors != 0)
        return counts + "; programs would run without kashim";
    if (strict == text::Strict::yes && tally.warnings != 0)
        return counts + "; warnings are treated as errors";
    return fmt::format("good, warnings: {}", tally.warnings);
}

void print_without_file(const loaded::Effective& effective)
{
    fmt::print("no configuration file; looked for {}{}{}\n",
               text::harmless(fmt::format("{}", fmt::join(effective.file.located.asked, ", "))),
               effective.good() ? "; the built-in values are in force" : "",
               effective.good() && !effective.options_text.empty() ? ", with these options over them" : "");
}

void print_text(const CheckRequest& request, const Checked& checked)
{
    const text::Style style(STDOUT_FILENO);
    const text::Strict strict = request.strict ? text::Strict::yes : text::Strict::no;
    const config::Located& located = checked.effective.file.located;
    if (located.kind == Kind::built_in)
        print_without_file(checked.effective);
    for (const text::TextFindings& about : checked.texts) {
        const text::Tally tally = text::print_findings(stdout, style, about, strict);
        if (about.was_read)
            fmt::print("{}: {}\n", text::harmless(about.name), summary(tally, strict));
    }
    if (request.print && checked.effective.good())
        print_policy(style, checked.effective);
}

Json document(const CheckRequest& request, const Checked& checked)
{
    const config::Located& located = checked.effective.file.located;
    const text::Tally tally = tally_of(checked.texts);
    Json document;
    document["good"] = checked.good;
    document["file"] = located.kind == Kind::file ? Json(located.path) : Json(nullptr);
    document["looked_for"] = located.asked;
    document["errors"] = tally.errors;
    document["warnings"] = tally.warnings;
    document["findings"] = findings_json(checked.texts);
    if (request.print)
        document["policy"] = checked.effective.good() ? policy_json(checked.effective) : Json(nullptr);
    return document;
}

int check(const CheckRequest& request)
{
    const loaded::Effective effective = effective_for(request.configuration);
    Checked checked{effective, text::findings_of(effective), true};
    for (text::TextFindings& about : checked.texts) {
        if (!about.was_read || about.name != effective.file.located.path || about.name == loaded::kStandardInput)
            continue;
        add_doubt_about_compiled(effective, about);
        add_doubts_about_place(about);
    }
    const text::Tally tally = tally_of(checked.texts);
    checked.good = tally.errors == 0 && !(request.strict && tally.warnings != 0);

    if (request.json)
        print_json(document(request, checked));
    else
        print_text(request, checked);
    if (effective.unreadable())
        return kFailed;
    return checked.good ? kGood : kBad;
}

constexpr const char* kFooter =
    "Examples:\n"
    "  kashim check\n"
    "      the file that a program started from here would use, and KASHIM_OPTIONS\n"
    "  kashim check --strict new.toml && sudo install -m 644 new.toml /etc/kashim/kashim.toml\n"
    "      installs a file only where nothing in it is wrong or doubtful\n"
    "  kashim check --print\n"
    "      what is in force: every value of every rule, with the place where it was given\n"
    "  make-rules | kashim check --json -\n"
    "      the same findings for a machine, about what comes from a pipe\n"
    "\n"
    "Where a FILE is named, KASHIM_OPTIONS is not looked at.\n"
    "The keys of --json: good, file, looked_for, errors, warnings, findings (file, line, column, severity, message),\n"
    "and with --print policy (defaults, rules, base). Times are seconds, user_timeout is milliseconds.\n"
    "Exit status: 0 good (there may be warnings), 1 errors, 2 the file cannot be read, or wrong usage.";

}  // namespace

void add_check(CommandLine& all)
{
    Args& args = all.add("check", "Says what is wrong with a configuration, and what is in force");
    const auto request = std::make_shared<CheckRequest>();
    args.positional(
            "FILE", request->configuration.config,
            "A configuration, - for standard input; without it the one that a program started from here would use")
        .names_a_file();
    add_set_option(args, request->configuration);
    args.flag("--strict", request->strict, "Treats warnings as errors");
    args.flag("--print", request->print, "Prints the policy: every value and where it was given");
    args.flag("--json", request->json, "The same for machines");
    args.footer(kFooter);
    args.action([request](char**) { return check(*request); });
}

}  // namespace kashim::cli
