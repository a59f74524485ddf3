// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "fuzz/parse_properties.h"

#include "config/parse.h"
#include "policy/table_builder.h"

#include <algorithm>
#include <iterator>

namespace kashim::test {
namespace {

using config::Finding;
using config::Severity;
using policy::Settings;
using policy::UserTimeout;

// A line breaks at any of these for some reader, and a terminal obeys the other control bytes.
bool one_clean_line(std::string_view text)
{
    return std::none_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f;
    });
}

bool in_range(const Settings& settings)
{
    const bool times = settings.idle >= policy::kSmallestTime && settings.idle <= policy::kLargestTime &&
                       settings.interval >= policy::kSmallestTime && settings.interval <= policy::kLargestTime &&
                       settings.count >= policy::kSmallestCount && settings.count <= policy::kLargestCount;
    const bool fixed = settings.user_timeout.kind == UserTimeout::Kind::fixed;
    const auto limit = settings.user_timeout.limit;
    return times && (fixed ? limit.count() > 0 && limit <= policy::kLargestUserTimeout : limit.count() == 0);
}

std::optional<std::string> finding_fault(const Finding& finding, std::uint32_t lines)
{
    if (finding.text.empty() || !one_clean_line(finding.text))
        return "a finding that is not one line of text: " + finding.text;
    if (finding.line > lines || (finding.line == 0) != (finding.column == 0))
        return "a finding that stands nowhere: " + to_text("FILE", finding);
    return std::nullopt;
}

std::optional<std::string> rule_fault(const policy::Rule& rule, std::uint32_t lines)
{
    if (!in_range(rule.settings))
        return "a rule with a value that is out of range";
    if (rule.line < 1 || rule.line > lines)
        return "a rule that stands nowhere";
    if (std::any_of(rule.ports.begin(), rule.ports.end(), [](auto ports) { return ports.first > ports.last; }))
        return "a range of ports that ends before it begins";
    if (std::any_of(rule.peers.begin(), rule.peers.end(), [](const policy::Network& peers) {
            return peers.first.family != peers.last.family || peers.first > peers.last;
        }))
        return "a network that ends before it begins";
    return std::nullopt;
}

}  // namespace

std::optional<std::string> parse_fault(std::string_view text)
{
    const auto lines = static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n') + 1);
    const config::Parsed parsed = config::parse(text, config::Warnings::yes);
    std::vector<Finding> errors;
    for (const Finding& finding : parsed.findings) {
        if (auto fault = finding_fault(finding, lines))
            return fault;
        if (finding.severity == Severity::error)
            errors.push_back(finding);
    }
    const auto earlier = [](const Finding& a, const Finding& b) {
        return a.line != b.line ? a.line < b.line : a.column < b.column;
    };
    if (!std::is_sorted(parsed.findings.begin(), parsed.findings.end(), earlier))
        return "findings that are not in the order of the text";
    if (parsed.good() != errors.empty())
        return "good() and the findings contradict each other";

    const config::Parsed silent = config::parse(text, config::Warnings::no);
    std::vector<Finding> silent_errors;
    std::copy_if(silent.findings.begin(), silent.findings.end(), std::back_inserter(silent_errors),
                 [](const Finding& finding) { return finding.severity == Severity::error; });
    if (silent_errors != errors || silent.rules.rules.size() != parsed.rules.rules.size())
        return "warnings change what is an error or a rule";

    if (!parsed.good())
        return std::nullopt;
    if (!in_range(parsed.rules.defaults))
        return "[defaults] with a value that is out of range";
    for (const policy::Rule& rule : parsed.rules.rules) {
        if (auto fault = rule_fault(rule, lines))
            return fault;
    }
    if (!policy::build_table(parsed.rules))
        return "good rules that cannot be compiled";
    return std::nullopt;
}

}  // namespace kashim::test
