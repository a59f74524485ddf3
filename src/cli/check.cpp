// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/verbs.h"

#include "cli/findings.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace kashim::cli {
namespace {

std::string summary(const Tally& tally)
{
    if (tally.errors != 0)
        return fmt::format("errors: {}, warnings: {}; programs would run without kashim", tally.errors, tally.warnings);
    return fmt::format("good, warnings: {}", tally.warnings);
}

// The file or the folder above it that not everybody may read; empty where there is none. Files of one user's own
// configuration are nobody else's business.
std::string hidden_from_others(const std::string& file)
{
    namespace fs = std::filesystem;
    std::error_code error;
    const fs::path path = fs::absolute(file, error);
    if (error || ::getuid() != 0)
        return {};
    const auto lacks = [&error](const fs::path& at, fs::perms wanted) {
        return (fs::status(at, error).permissions() & wanted) == fs::perms::none;
    };
    if (lacks(path, fs::perms::others_read))
        return path;
    for (fs::path folder = path.parent_path(); folder != folder.root_path(); folder = folder.parent_path()) {
        if (lacks(folder, fs::perms::others_exec))
            return folder;
    }
    return {};
}

int check(const std::string& path)
{
    const Style style(STDOUT_FILENO);
    ConfigurationRequest request;
    request.config = path;
    request.without_variable = !path.empty();
    const Effective effective = cli::effective(request, config::Warnings::yes);
    Tally total;
    if (effective.file.located.kind == config::Located::Kind::built_in)
        fmt::print("no configuration file: the built-in defaults: {}\n", summary({}));
    for (TextFindings& about : findings_of(effective)) {
        const std::string hidden = about.text.empty() ? "" : hidden_from_others(about.name);
        if (!hidden.empty())
            about.findings.insert(about.findings.begin(),
                                  {config::Severity::warning, 0, 0,
                                   fmt::format("other users may not read {}: this file is not in force in "
                                               "their programs",
                                               hidden)});
        const Tally tally = print_findings(stdout, style, about);
        fmt::print("{}: {}\n", about.name, summary(tally));
        total += tally;
    }
    if (effective.unreadable())
        return kFailed;
    return total.errors != 0 ? kBad : kGood;
}

}  // namespace

void add_check(CLI::App& app, int& status)
{
    CLI::App* const verb = app.add_subcommand("check", "Every error and warning of a configuration, compiler style");
    const auto file = std::make_shared<std::string>();
    verb->add_option("FILE", *file, "The file; without it the one that a program started from here would use");
    verb->footer("Without FILE, KASHIM_OPTIONS is checked along.\n"
                 "Exit status: 0 good (there may be warnings), 1 errors, 2 the file cannot be read, or wrong usage.");
    verb->callback([file, &status] { status = check(*file); });
}

}  // namespace kashim::cli
