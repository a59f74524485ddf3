// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/findings.h"

#include "cli/cells.h"
#include "cli/excerpt.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

namespace kashim::cli {
namespace {

// Line number and bar, as gcc writes them; and the last column, for a caret behind the end of the line.
constexpr std::size_t kMargin = 8 + 1;

// How much of a line of the text is shown: what the terminal has, or 120 columns where there is none.
std::size_t columns_of(std::FILE* stream)
{
    constexpr std::size_t kNarrowest = 40;
    constexpr std::size_t kUsual = 120;
    struct winsize size {};
    const bool known = ::ioctl(::fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col != 0;
    return std::max(known ? std::size_t{size.ws_col} : kUsual, kNarrowest) - kMargin;
}

}  // namespace

std::vector<TextFindings> findings_of(const Effective& effective)
{
    const config::Located& located = effective.file.located;
    std::vector<TextFindings> all;
    for (const config::FileFinding& warning : located.warnings)
        all.push_back({warning.file, {}, {warning.finding}});
    if (effective.unreadable())
        all.push_back({located.error.file, {}, {located.error.finding}});
    else if (located.kind == config::Located::Kind::file)
        all.push_back({located.path, located.text, effective.parsed.findings});
    if (!effective.options_text.empty())
        all.push_back({std::string(config::kOptionsName), effective.options_text, effective.options.findings});
    return all;
}

Tally print_findings(std::FILE* stream, const Style& style, const TextFindings& about)
{
    Tally tally;
    PlaceFinder finder(about.text);
    const std::size_t columns = columns_of(stream);
    const std::string name = harmless(about.name);
    for (const config::Finding& finding : about.findings) {
        const bool is_error = finding.severity == config::Severity::error;
        ++(is_error ? tally.errors : tally.warnings);
        const auto coloured = [&style, is_error](std::string_view word) {
            return is_error ? style.bad(word) : style.doubtful(word);
        };
        const std::string place =
            finding.line == 0 ? fmt::format("{}:", name) : fmt::format("{}:{}:{}:", name, finding.line, finding.column);
        fmt::print(stream, "{} {} {}\n", style.bold(place), coloured(is_error ? "error:" : "warning:"),
                   harmless(finding.text));
        const auto excerpt = finder.excerpt({finding.line, finding.column}, columns);
        if (excerpt)
            fmt::print(stream, "{:5} | {}\n{:5} | {:{}}{}\n", finding.line, excerpt->text, "", "", excerpt->caret,
                       coloured("^"));
    }
    return tally;
}

}  // namespace kashim::cli
