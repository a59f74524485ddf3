// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/check.h"

#include "cli/configuration.h"
#include "config/options.h"
#include "config/parse.h"

#include <fmt/format.h>

#include <cstdlib>
#include <vector>

namespace kashim::cli {
namespace {

struct Tally {
    int errors = 0;
    int warnings = 0;
};

Tally print(std::string_view file, const std::vector<config::Finding>& findings)
{
    Tally tally;
    for (const config::Finding& finding : findings) {
        ++(finding.severity == config::Severity::error ? tally.errors : tally.warnings);
        fmt::print("{}\n", config::to_text(file, finding));
    }
    return tally;
}

}  // namespace

Status check(const std::string& path)
{
    const Configuration configuration = path.empty() ? find_configuration() : read_configuration(path);
    for (const config::FileFinding& finding : configuration.located.warnings)
        print(finding.file, {finding.finding});
    if (configuration.located.kind == config::Located::Kind::error) {
        print(configuration.located.error.file, {configuration.located.error.finding});
        return Status::failed;
    }

    Tally tally;
    const std::string& file = configuration.located.path;
    if (configuration.located.kind == config::Located::Kind::file)
        tally = print(file, config::parse(configuration.located.text, config::Warnings::yes).findings);
    if (const char* options = std::getenv("KASHIM_OPTIONS"); options != nullptr && path.empty())
        tally.errors += print(config::kOptionsName, config::parse_options(options).findings).errors;

    const std::string_view what =
        file.empty() ? std::string_view("no configuration file: the built-in defaults") : file;
    if (tally.errors != 0)
        fmt::print("{}: errors: {}, warnings: {}; programs would run without kashim\n", what, tally.errors,
                   tally.warnings);
    else
        fmt::print("{}: good, warnings: {}\n", what, tally.warnings);
    return tally.errors != 0 ? Status::errors : Status::good;
}

}  // namespace kashim::cli
