// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/help_text.h"

#include "support/process.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <sstream>

namespace kashim::test {

std::vector<std::string> lines_of(const std::string& text)
{
    std::istringstream stream(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

std::string help(const std::vector<std::string>& verb)
{
    Command command{{KASHIM_COMMAND}};
    command.arguments.insert(command.arguments.end(), verb.begin(), verb.end());
    command.arguments.emplace_back("--help");
    const Result result = run(command);
    EXPECT_TRUE(result.ok()) << result;
    return result.out;
}

Words verbs()
{
    Words found;
    bool among_them = false;
    for (const std::string& line : lines_of(help())) {
        if (among_them && line.empty())
            break;
        if (among_them)
            found.insert(line.substr(2, line.find(' ', 2) - 2));
        among_them = among_them || line == "Verbs:";
    }
    return found;
}

/// The long options in the left column of a help text.
Words options_in(const std::string& text)
{
    static const std::regex kOption(R"(^  (-[A-Za-z],)?(--[a-z-]+))");
    Words found;
    for (const std::string& line : lines_of(text)) {
        if (std::smatch match; std::regex_search(line, match, kOption))
            found.insert(match[2]);
    }
    return found;
}

bool holds(const Words& all, const Words& wanted)
{
    return std::includes(all.begin(), all.end(), wanted.begin(), wanted.end());
}

}  // namespace kashim::test
