// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/scan.h"

#include <gtest/gtest.h>

namespace kashim::config {
namespace {

// Where it is that the text has a key with too many dots.
std::optional<Place> key_with_too_many_dots(std::string_view text)
{
    const std::optional<Finding> finding = unfit_for_parser(text);
    if (!finding)
        return std::nullopt;
    EXPECT_EQ(finding->text, "a key with more than 32 dots; no key of kashim needs one");
    return Place{finding->line, finding->column};
}

std::string dotted(unsigned dots, std::string_view dot = ".")
{
    std::string key = "a";
    for (unsigned i = 0; i < dots; ++i)
        key.append(dot).append("a");
    return key;
}

TEST(ConfigScan, ThirtyTwoAreAllowed)
{
    EXPECT_EQ(key_with_too_many_dots(dotted(32) + " = 1\n"), std::nullopt);
}

TEST(ConfigScan, ThirtyThreeAreNot)
{
    EXPECT_EQ(key_with_too_many_dots(dotted(33) + " = 1\n"), (Place{1, 1}));
}

TEST(ConfigScan, HeadersAreKeysToo)
{
    EXPECT_EQ(key_with_too_many_dots("x = 1\n[" + dotted(33) + "]\n"), (Place{2, 2}));
    EXPECT_EQ(key_with_too_many_dots("x = 1\n[[" + dotted(33) + "]]\n"), (Place{2, 3}));
}

TEST(ConfigScan, KeysOfInlineTablesCount)
{
    EXPECT_EQ(key_with_too_many_dots("x = [{ y = 1, " + dotted(33) + " = 1 }]"), (Place{1, 15}));
}

TEST(ConfigScan, BlanksAroundDotsAndQuotedPartsHideNothing)
{
    EXPECT_EQ(key_with_too_many_dots(dotted(33, " .\t") + " = 1"), (Place{1, 1}));
    EXPECT_EQ(key_with_too_many_dots("\"b\"." + dotted(32) + " = 1"), (Place{1, 1}));
    EXPECT_EQ(key_with_too_many_dots("  'b'." + dotted(32) + " = 1"), (Place{1, 3}));
}

// toml++ up to 3.4 has undefined behaviour there: see config/scan.cpp.
TEST(ConfigScan, InAMultiLineStringABackslashBeforeLettersThatAreNotAsciiIsRefused)
{
    const std::string said =
        "this backslash is followed by a character that is not ASCII; write the string in one line";
    for (const char* text : {"x = \"\"\"a\\\n  é\"\"\"", "x = \"\"\"a\\  \r\n\n\té\"\"\"", "x = \"\"\"a\\é\"\"\""}) {
        const std::optional<Finding> finding = unfit_for_parser(text);
        ASSERT_TRUE(finding) << text;
        EXPECT_EQ(finding->text, said) << text;
        EXPECT_EQ((Place{finding->line, finding->column}), (Place{1, 9})) << text;
    }
    for (const char* text : {"x = \"\"\"é\\\n  a é\"\"\"", "x = \"\"\"\\\\é\"\"\"", "x = '''\\é'''", "x = \"\\é\""})
        EXPECT_EQ(unfit_for_parser(text), std::nullopt) << text;
}

TEST(ConfigScan, EachKeyIsCountedForItself)
{
    EXPECT_EQ(key_with_too_many_dots(dotted(20) + " = 1\n" + dotted(20) + " = 1\n[" + dotted(20) + "]"), std::nullopt);
    EXPECT_EQ(key_with_too_many_dots("x = {" + dotted(20) + " = 1, " + dotted(20) + " = 1.5}"), std::nullopt);
}

TEST(ConfigScan, DotsInStringsDoNotCount)
{
    const std::string dots(100, '.');
    EXPECT_EQ(key_with_too_many_dots("x = \"" + dots + "\""), std::nullopt);
    EXPECT_EQ(key_with_too_many_dots("x = '" + dots + "'"), std::nullopt);
    EXPECT_EQ(key_with_too_many_dots("x = \"\"\"" + dots + "\n" + dots + "\"\"\""), std::nullopt);
    EXPECT_EQ(key_with_too_many_dots("x = '''" + dots + "\n" + dots + "'''"), std::nullopt);
    EXPECT_EQ(key_with_too_many_dots("x = \"\\\"" + dots + "\""), std::nullopt);
    EXPECT_EQ(key_with_too_many_dots("x = \"\"\"\\\"\"\"" + dots + "\"\"\""), std::nullopt);
    EXPECT_EQ(key_with_too_many_dots("x = \"\"\" \"\"" + dots + "\"\"\""), std::nullopt);
}

TEST(ConfigScan, DotsInCommentsDoNotCount)
{
    EXPECT_EQ(key_with_too_many_dots("x = 1 # " + dotted(100) + "\n"), std::nullopt);
}

TEST(ConfigScan, AKeyBehindAStringIsSeen)
{
    const std::string key = dotted(33) + " = 1";
    for (const char* text :
         {"x = \"\"", "x = ''", "x = \"\\\\\"", "x = '\\'", "x = \"\"\"\"\"\"", "x = \"\"\"a\"\"\"\"\"",
          "x = '''a'''''", "x = ''''''''", "x = \"#\"", "x = '\"'", "x = \"'\"", "x = 1 # \"", "x = 1 # '''",
          "x = \"\"\"\n#\n\"\"\"", "x = \"\"\"\\\n  \"\"\""}) {
        const std::string whole = std::string(text) + "\n" + key;
        EXPECT_EQ(key_with_too_many_dots(whole), place_of(whole, whole.size() - key.size())) << text;
    }
}

TEST(ConfigScan, AStringThatIsNotClosedEndsWithItsLine)
{
    EXPECT_EQ(key_with_too_many_dots("x = \"abc\n" + dotted(33)), (Place{2, 1}));
}

TEST(ConfigScan, ACharacterOutsideOfAsciiStandsInQuotesOrComments)
{
    const auto refused = [](std::string_view text) {
        const std::optional<Finding> finding = unfit_for_parser(text);
        return finding ? to_text("FILE", *finding) : "";
    };
    const std::string text = ": error: this character stands outside of quotes; TOML knows \" and ' only";
    EXPECT_EQ(refused("x = “60s”"), "FILE:1:5" + text);
    EXPECT_EQ(refused("# ü\nx = 'ü' é"), "FILE:2:9" + text);
    EXPECT_EQ(refused("ü = 1"), "FILE:1:1" + text);
    EXPECT_EQ(refused("x =\u00a01"), "FILE:1:4" + text);
    EXPECT_EQ(refused("\"ü\" = 'ü' # ü\ny = \"\"\"ü\nü\"\"\"\nz = '''ü\nü'''"), "");
}

TEST(ConfigScan, AByteOrderMarkIsNoCharacter)
{
    EXPECT_EQ(unfit_for_parser("\xef\xbb\xbfx = 1"), std::nullopt);
}

TEST(ConfigScan, AnEndInTheMiddleOfAStringIsHarmless)
{
    for (const char* text : {"\"", "'", "\"\"\"", "'''", "\"\\", "\"\"\"\\", "x = \"\"\"\"", "#", "x = \"\"\"\"\""})
        EXPECT_EQ(key_with_too_many_dots(text), std::nullopt) << text;
}

}  // namespace
}  // namespace kashim::config
