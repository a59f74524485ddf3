// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "config/parse.h"

#include <gtest/gtest.h>

#include <cctype>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace kashim::test {

using Lines = std::vector<std::string>;

inline Lines lines_of(std::string_view file, const std::vector<config::Finding>& findings)
{
    Lines lines;
    for (const config::Finding& finding : findings)
        lines.push_back(config::to_text(file, finding));
    return lines;
}

/// Everything that is said about the text of a file, warnings too.
inline Lines said_about(std::string_view text)
{
    return lines_of("FILE", config::parse(text, config::Warnings::yes).findings);
}

/// The rules of a text in which there is nothing wrong.
inline policy::RuleSet rules_of(std::string_view text)
{
    const config::Parsed parsed = config::parse(text, config::Warnings::no);
    EXPECT_EQ(lines_of("FILE", parsed.findings), Lines());
    return parsed.rules;
}

/// One text and all that is said about it. The sentence is the test's name.
struct Complaint {
    const char* sentence;
    std::string text;
    Lines said;
};

inline std::ostream& operator<<(std::ostream& stream, const Complaint& complaint)
{
    return stream << complaint.sentence;
}

struct NameOfComplaint {
    std::string operator()(const testing::TestParamInfo<Complaint>& info) const
    {
        std::string name;
        bool upper = true;
        for (const char* c = info.param.sentence; *c != '\0'; ++c) {
            if (std::isalnum(static_cast<unsigned char>(*c)) == 0) {
                upper = true;
                continue;
            }
            name += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(*c))) : *c;
            upper = false;
        }
        return name;
    }
};

}  // namespace kashim::test
