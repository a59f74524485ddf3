// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/diagnostics.h"
#include "config/words.h"

#include <gtest/gtest.h>

#include <array>

namespace kashim::config {
namespace {

TEST(ConfigDiagnostics, AnErrorIsWrittenAsCompilersWriteIt)
{
    EXPECT_EQ(to_text("a.toml", {Severity::error, 3, 1, "wrong"}), "a.toml:3:1: error: wrong");
}

TEST(ConfigDiagnostics, AWarningIsCalledOne)
{
    EXPECT_EQ(to_text("a.toml", {Severity::warning, 12, 40, "odd"}), "a.toml:12:40: warning: odd");
}

TEST(ConfigDiagnostics, WhatConcernsTheWholeFileHasNoLine)
{
    EXPECT_EQ(to_text("a.toml", {Severity::error, 0, 0, "gone"}), "a.toml: error: gone");
}

TEST(ConfigDiagnostics, ColumnsCountCodePointsAndNotBytes)
{
    EXPECT_EQ(place_of("a\nß€𝄞x", 2 + 2 + 3 + 4), (Place{2, 4}));
}

TEST(ConfigDiagnostics, AByteOrderMarkIsNoColumn)
{
    EXPECT_EQ(place_of("\xef\xbb\xbf"
                       "ab",
                       4),
              (Place{1, 2}));
    EXPECT_EQ(place_of("\xef\xbb\xbf"
                       "ab",
                       0),
              (Place{1, 1}));
    EXPECT_EQ(place_of("\xef\xbb\xbf"
                       "a\nb",
                       5),
              (Place{2, 1}));
}

TEST(ConfigDiagnostics, FindingsComeInTheOrderOfTheTextWhateverTheirKind)
{
    Findings findings;
    findings.error({2, 5}, {"b"});
    findings.warning({2, 1}, {"a"});
    findings.error({1, 9}, {"first"});
    findings.warning({2, 5}, {"c"});
    const std::vector<Finding> expected = {{Severity::error, 1, 9, "first"},
                                           {Severity::warning, 2, 1, "a"},
                                           {Severity::error, 2, 5, "b"},
                                           {Severity::warning, 2, 5, "c"}};
    EXPECT_EQ(std::move(findings).sorted(), expected);
}

TEST(ConfigDiagnostics, WarningsAloneAreNoError)
{
    EXPECT_FALSE(any_error({{Severity::warning, 1, 1, "odd"}}));
    EXPECT_TRUE(any_error({{Severity::warning, 1, 1, "odd"}, {Severity::error, 1, 1, "wrong"}}));
}

TEST(ConfigWords, AQuoteStaysOnOneLine)
{
    EXPECT_EQ(in_quotes("a\nb\x1b[31m\x7f"), "\"a?b?[31m?\"");
}

TEST(ConfigWords, ALongQuoteIsCutBetweenCodePoints)
{
    EXPECT_EQ(in_quotes(std::string(79, 'a') + "€uro"), "\"" + std::string(79, 'a') + "...\"");
}

TEST(ConfigWords, AQuoteOfEightyBytesIsNotCut)
{
    EXPECT_EQ(in_quotes(std::string(80, 'a')), "\"" + std::string(80, 'a') + "\"");
}

TEST(ConfigWords, AlternativesReadAsASentence)
{
    constexpr std::array<std::string_view, 3> kItems = {"a", "b", "c"};
    EXPECT_EQ(alternatives(kItems), "a, b or c");
    EXPECT_EQ(alternatives(std::span(kItems).first(2)), "a or b");
    EXPECT_EQ(alternatives(std::span(kItems).first(1)), "a");
}

TEST(ConfigWords, MillisecondsAreSecondsWhereTheyCanBe)
{
    EXPECT_EQ(milliseconds_text(45'000), "45 s");
    EXPECT_EQ(milliseconds_text(1500), "1500 ms");
}

}  // namespace
}  // namespace kashim::config
