// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/explain/trace_text.h"

#include "text/cells.h"
#include "text/rule.h"

#include <fmt/format.h>

#include <algorithm>

namespace kashim::cli {
namespace {

using policy::Matcher;

constexpr std::size_t kMostItems = 6;

// As matcher_texts() gives them, fit for a terminal.
std::vector<std::string> items_of(const policy::Rule& rule, Matcher matcher)
{
    const bool pattern = matcher == Matcher::program || matcher == Matcher::command;
    std::vector<std::string> items;
    for (const text::MatcherText& text : text::matcher_texts(rule)) {
        if (text.matcher != matcher)
            continue;
        for (const std::string& item : text.items)
            items.push_back(pattern ? fmt::format("\"{}\"", text::harmless(item)) : item);
    }
    return items;
}

std::string listed(const std::vector<std::string>& items)
{
    std::string text;
    for (std::size_t i = 0; i < items.size() && i < kMostItems; ++i)
        text += (i == 0 ? "" : ", ") + items[i];
    return items.size() <= kMostItems ? text : fmt::format("{} and {} more", text, items.size() - kMostItems);
}

// Where in the list the first item stands that holds; behind its end where none does.
template <typename Item, typename Test>
std::size_t first_that(const std::vector<Item>& items, Test holds)
{
    return static_cast<std::size_t>(std::ranges::find_if(items, holds) - items.begin());
}

std::size_t first_that_holds(const policy::Rule& rule, Matcher matcher, const policy::Program& program,
                             const policy::Asked& asked)
{
    switch (matcher) {
    case Matcher::program:
        return first_that(rule.selector.programs, [&](const auto& item) { return matches_program(item, program); });
    case Matcher::command:
        return first_that(rule.selector.commands, [&](const auto& item) { return matches_command(item, program); });
    case Matcher::direction:
        return includes(rule.direction, asked.direction) ? 0 : 1;
    case Matcher::port:
        return first_that(rule.ports, [&](const auto& item) { return item.contains(asked.port); });
    case Matcher::peer:
        break;
    }
    return first_that(rule.peers, [&](const auto& item) { return asked.peer && item.contains(*asked.peer); });
}

}  // namespace

std::string holding_text(const policy::Rule& rule, const policy::Program& program, const policy::Asked& asked)
{
    std::string text;
    for (const Matcher matcher :
         {Matcher::program, Matcher::command, Matcher::direction, Matcher::port, Matcher::peer}) {
        const std::vector<std::string> items = items_of(rule, matcher);
        const std::size_t which = first_that_holds(rule, matcher, program, asked);
        if (which < items.size())
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", text::name_of(matcher), items[which]);
    }
    return text;
}

std::string failing_text(const policy::Rule& rule, const policy::Trace& trace)
{
    std::string text;
    for (const Matcher matcher : trace.failing)
        text += fmt::format("{}{} is not {}{}", text.empty() ? "" : "; ", text::name_of(matcher),
                            matcher == Matcher::peer ? "in " : "", listed(items_of(rule, matcher)));
    return text;
}

std::string peers_text(const policy::Rule& rule)
{
    return listed(items_of(rule, Matcher::peer));
}

}  // namespace kashim::cli
