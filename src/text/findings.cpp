// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "text/findings.h"

#include "text/cells.h"
#include "text/excerpt.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

namespace kashim::text {
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

// The two are read as one text, the words of --set last; what is said about each stands under its own name.
void add_options(const loaded::Effective& effective, std::vector<TextFindings>& all)
{
    const std::string_view text = effective.options_text;
    TextFindings variable{std::string(config::kOptionsName), text.substr(0, effective.set_begins), {}};
    TextFindings set{"--set", text.substr(effective.set_begins), {}};
    const std::uint32_t columns_before = config::place_of(text, effective.set_begins).column - 1;
    for (config::Finding finding : effective.options.findings) {
        const bool is_set = finding.column > columns_before;
        finding.column -= is_set ? columns_before : 0;
        (is_set ? set : variable).findings.push_back(std::move(finding));
    }
    if (!variable.text.empty())
        all.push_back(std::move(variable));
    if (!set.text.empty())
        all.push_back(std::move(set));
}

}  // namespace

std::vector<TextFindings> findings_of(const loaded::Effective& effective)
{
    const config::Located& located = effective.file.located;
    std::vector<TextFindings> all;
    for (const config::FileFinding& warning : located.warnings)
        all.push_back({warning.file, {}, {warning.finding}, false});
    if (effective.unreadable())
        all.push_back({located.error.file, {}, {located.error.finding}, false});
    else if (located.kind == config::Located::Kind::file)
        all.push_back({located.path, located.text, effective.parsed.findings});
    add_options(effective, all);
    return all;
}

Tally tally_of(const TextFindings& about)
{
    Tally tally;
    for (const config::Finding& finding : about.findings)
        ++(finding.severity == config::Severity::error ? tally.errors : tally.warnings);
    return tally;
}

Tally tally_of(const std::vector<TextFindings>& all)
{
    Tally tally;
    for (const TextFindings& about : all) {
        const Tally one = tally_of(about);
        tally.errors += one.errors;
        tally.warnings += one.warnings;
    }
    return tally;
}

Tally print_findings(std::FILE* stream, const Style& style, const TextFindings& about, Strict strict)
{
    PlaceFinder finder(about.text);
    const std::size_t columns = columns_of(stream);
    const std::string name = harmless(about.name);
    for (const config::Finding& finding : about.findings) {
        const bool is_error = strict == Strict::yes || finding.severity == config::Severity::error;
        const auto coloured = [&style, is_error](std::string_view word) {
            return is_error ? style.bad(word) : style.doubtful(word);
        };
        const std::string place =
            finding.line == 0 ? fmt::format("{}:", name) : fmt::format("{}:{}:{}:", name, finding.line, finding.column);
        const bool promoted = is_error && finding.severity == config::Severity::warning;
        fmt::print(stream, "{} {} {}{}\n", style.bold(place), coloured(is_error ? "error:" : "warning:"),
                   harmless(finding.text), promoted ? " [--strict]" : "");
        if (const auto excerpt = finder.excerpt({finding.line, finding.column}, columns)) {
            const std::string line = fmt::format("{:5}", finding.line);
            fmt::print(stream, "{} | {}\n", line, excerpt->text);
            fmt::print(stream, "{:{}} | {:{}}{}\n", "", line.size(), "", excerpt->caret, coloured("^"));
        }
    }
    return tally_of(about);
}

void print_errors(const loaded::Effective& effective)
{
    for (TextFindings& about : findings_of(effective)) {
        std::erase_if(about.findings,
                      [](const config::Finding& finding) { return finding.severity != config::Severity::error; });
        try {
            print_findings(stderr, Style(STDERR_FILENO), about);
        } catch (const std::system_error&) {
            return;  // closed: the verb's exit status must still be its own
        }
    }
}

}  // namespace kashim::text
