// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/verbs.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace kashim::cli {
namespace {

struct Tally {
    int errors = 0;
    int warnings = 0;

    Tally& operator+=(const Tally& other)
    {
        errors += other.errors;
        warnings += other.warnings;
        return *this;
    }
};

std::string summary(const Tally& tally)
{
    if (tally.errors != 0)
        return fmt::format("errors: {}, warnings: {}; programs would run without kashim", tally.errors, tally.warnings);
    return fmt::format("good, warnings: {}", tally.warnings);
}

Tally print(std::string_view file, const std::vector<config::Finding>& findings)
{
    Tally tally;
    for (const config::Finding& finding : findings) {
        ++(finding.severity == config::Severity::error ? tally.errors : tally.warnings);
        fmt::print("{}\n", config::to_text(file, finding));
    }
    return tally;
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
    const Effective effective = cli::effective({path, {}}, config::Warnings::yes);
    const config::Located& located = effective.file.located;
    Tally tally;
    for (const config::FileFinding& finding : located.warnings)
        tally += print(finding.file, {finding.finding});
    if (located.kind == config::Located::Kind::error) {
        print(located.error.file, {located.error.finding});
        return kFailed;
    }
    if (located.kind == config::Located::Kind::file) {
        tally += print(located.path, effective.parsed.findings);
        if (const std::string hidden = hidden_from_others(located.path); !hidden.empty())
            tally += print(located.path, {{config::Severity::warning, 0, 0,
                                           fmt::format("other users may not read {}: this file is not in force in "
                                                       "their programs",
                                                       hidden)}});
    }
    fmt::print("{}: {}\n",
               located.path.empty() ? std::string_view("no configuration file: the built-in defaults") : located.path,
               summary(tally));

    Tally options;
    if (!effective.options_text.empty() && path.empty()) {
        options = print(config::kOptionsName, effective.options.findings);
        fmt::print("{}: {}\n", config::kOptionsName, summary(options));
    }
    return tally.errors + options.errors != 0 ? kBad : kGood;
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
