// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/cells.h"
#include "cli/compiled.h"
#include "cli/findings.h"
#include "cli/findings_json.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/policy_json.h"
#include "cli/policy_text.h"
#include "cli/readable.h"
#include "cli/verbs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <memory>

namespace kashim::cli {
namespace {

using Kind = config::Located::Kind;

struct CheckRequest {
    ConfigurationRequest configuration;
    bool strict = false;
    bool print = false;
    bool json = false;
};

struct Checked {
    const Effective& effective;
    std::vector<TextFindings> texts;
    bool good;
};

// A file that is named is meant alone; what stands in this environment would be in force with the one that is found.
Effective effective_for(const ConfigurationRequest& request)
{
    if (request.config.empty())
        return effective(request, config::Warnings::yes);
    return effective_with(request.config == "-" ? read_standard_input() : read_configuration(request.config), nullptr,
                          request, config::Warnings::yes);
}

// What the place of the file tells, not its text.
void add_doubts_about_place(TextFindings& file)
{
    const std::string hidden = hidden_from_others(file.name);
    if (!hidden.empty())
        file.findings.insert(
            file.findings.begin(),
            {config::Severity::warning, 0, 0,
             fmt::format("other users may not read {}: this file is not in force in their programs", hidden)});
}

// One with errors cannot be compiled.
void add_doubt_about_compiled(const Effective& effective, TextFindings& file)
{
    const auto doubt = effective.good() ? compiled_doubt(file.name, effective.file.located.text) : std::nullopt;
    if (doubt)
        file.findings.insert(file.findings.begin(),
                             {config::Severity::warning, 0, 0,
                              fmt::format("{} is not used: {}; run: {}", doubt->file, doubt->what, doubt->remedy)});
}

std::string summary(const Tally& tally, Strict strict)
{
    const std::string counts = fmt::format("errors: {}, warnings: {}", tally.errors, tally.warnings);
    if (tally.errors != 0)
        return counts + "; programs would run without kashim";
    if (strict == Strict::yes && tally.warnings != 0)
        return counts + "; warnings are treated as errors";
    return fmt::format("good, warnings: {}", tally.warnings);
}

void print_without_file(const Effective& effective)
{
    fmt::print("no configuration file; looked for {}{}{}\n",
               harmless(fmt::format("{}", fmt::join(effective.file.located.asked, ", "))),
               effective.good() ? "; the built-in values are in force" : "",
               effective.good() && !effective.options_text.empty() ? ", with these options over them" : "");
}

void print_text(const CheckRequest& request, const Checked& checked)
{
    const Style style(STDOUT_FILENO);
    const Strict strict = request.strict ? Strict::yes : Strict::no;
    const config::Located& located = checked.effective.file.located;
    if (located.kind == Kind::built_in)
        print_without_file(checked.effective);
    for (const TextFindings& about : checked.texts) {
        const Tally tally = print_findings(stdout, style, about, strict);
        if (about.was_read)
            fmt::print("{}: {}\n", harmless(about.name), summary(tally, strict));
    }
    if (request.print && checked.effective.good())
        print_policy(style, checked.effective);
}

Json document(const CheckRequest& request, const Checked& checked)
{
    const config::Located& located = checked.effective.file.located;
    const Tally tally = tally_of(checked.texts);
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
    const Effective effective = effective_for(request.configuration);
    Checked checked{effective, findings_of(effective), true};
    for (TextFindings& about : checked.texts) {
        if (!about.was_read || about.name != effective.file.located.path || about.name == kStandardInput)
            continue;
        add_doubt_about_compiled(effective, about);
        add_doubts_about_place(about);
    }
    const Tally tally = tally_of(checked.texts);
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
