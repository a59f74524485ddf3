// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/glob.h"

#include "fuzz/random.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace kashim::test {
namespace {

using policy::glob_matches;

std::string repeated(std::string_view text, int times)
{
    std::string result;
    for (int i = 0; i < times; ++i)
        result += text;
    return result;
}

TEST(PolicyGlob, PlainTextMatchesItselfAndNothingElse)
{
    EXPECT_TRUE(glob_matches("nginx", "nginx"));
    EXPECT_FALSE(glob_matches("nginx", "nginx2"));
    EXPECT_FALSE(glob_matches("nginx", "ngin"));
    EXPECT_FALSE(glob_matches("nginx", "Nginx"));
}

TEST(PolicyGlob, AnEmptyPatternMatchesTheEmptyTextOnly)
{
    EXPECT_TRUE(glob_matches("", ""));
    EXPECT_FALSE(glob_matches("", "a"));
    EXPECT_FALSE(glob_matches("a", ""));
    EXPECT_FALSE(glob_matches("?", ""));
    EXPECT_FALSE(glob_matches("[a]", ""));
    EXPECT_FALSE(glob_matches("[!a]", ""));
}

TEST(PolicyGlob, AStarIsAnyRunOfBytesSlashesToo)
{
    EXPECT_TRUE(glob_matches("*", ""));
    EXPECT_TRUE(glob_matches("***", ""));
    EXPECT_TRUE(glob_matches("/opt/*", "/opt/a/b/c"));
    EXPECT_TRUE(glob_matches("*gunicorn*", "python3 /usr/bin/gunicorn app:main"));
    EXPECT_TRUE(glob_matches("a*b*c", "a-b-b-c"));
    EXPECT_FALSE(glob_matches("a*b*c", "a-c-b"));
    EXPECT_TRUE(glob_matches("*ab", "aab"));  // the first try of the star is too short
    EXPECT_FALSE(glob_matches("*ab", "aba"));
    EXPECT_FALSE(glob_matches("a*a", "a"));
}

TEST(PolicyGlob, AQuestionMarkIsOneByte)
{
    EXPECT_TRUE(glob_matches("p?p", "php"));
    EXPECT_TRUE(glob_matches("?", std::string_view("\0", 1)));
    EXPECT_FALSE(glob_matches("p?p", "pp"));
    EXPECT_FALSE(glob_matches("?", "\xc3\xa4"));  // two bytes, one letter
}

TEST(PolicyGlob, AClassIsAByteOfIt)
{
    EXPECT_TRUE(glob_matches("python[23]", "python3"));
    EXPECT_FALSE(glob_matches("python[23]", "python4"));
    EXPECT_TRUE(glob_matches("[a-cx-z]", "b"));
    EXPECT_TRUE(glob_matches("[a-cx-z]", "z"));
    EXPECT_FALSE(glob_matches("[a-cx-z]", "d"));
    EXPECT_TRUE(glob_matches("[\x80-\xff]", "\xa0"));  // bytes are not signed
    EXPECT_FALSE(glob_matches("[z-a]", "m"));
}

TEST(PolicyGlob, AnInvertedClassIsAnyOtherByte)
{
    EXPECT_TRUE(glob_matches("[!a-z]", "1"));
    EXPECT_FALSE(glob_matches("[!a-z]", "q"));
    EXPECT_TRUE(glob_matches("[a!]", "!"));
    EXPECT_TRUE(glob_matches("[!!]", "a"));
    EXPECT_FALSE(glob_matches("[!!]", "!"));
}

TEST(PolicyGlob, AClosingBracketComesFirstAndADashLastToStandForThemselves)
{
    EXPECT_TRUE(glob_matches("[]]", "]"));
    EXPECT_TRUE(glob_matches("[]a]", "a"));
    EXPECT_FALSE(glob_matches("[!]a]", "]"));
    EXPECT_TRUE(glob_matches("[a-]", "-"));
    EXPECT_TRUE(glob_matches("[-a]", "-"));
    EXPECT_FALSE(glob_matches("[a-]", "b"));
}

TEST(PolicyGlob, AClassThatIsNeverClosedStandsForItself)
{
    EXPECT_TRUE(glob_matches("[", "["));
    EXPECT_TRUE(glob_matches("[ab", "[ab"));
    EXPECT_FALSE(glob_matches("[ab", "a"));
    EXPECT_TRUE(glob_matches("[]", "[]"));
    EXPECT_TRUE(glob_matches("[!]", "[!]"));
    EXPECT_TRUE(glob_matches("[a][b", "a[b"));
    EXPECT_TRUE(glob_matches("[[b]", "["));
    EXPECT_TRUE(glob_matches("[a-", "[a-"));
}

TEST(PolicyGlob, ABackslashTakesTheMeaningFromTheNextByte)
{
    EXPECT_TRUE(glob_matches("\\*", "*"));
    EXPECT_FALSE(glob_matches("\\*", "a"));
    EXPECT_TRUE(glob_matches("\\[a]", "[a]"));
    EXPECT_TRUE(glob_matches("\\\\", "\\"));
    EXPECT_TRUE(glob_matches("\\a", "a"));
    EXPECT_TRUE(glob_matches("a\\", "a\\"));  // nothing follows: it stands for itself
}

// The definition, as short as it can be said; it takes exponential time.
bool slowly(std::string_view pattern, std::string_view text)
{
    if (pattern.empty())
        return text.empty();
    if (pattern[0] == '*')
        return slowly(pattern.substr(1), text) || (!text.empty() && slowly(pattern, text.substr(1)));
    if (text.empty())
        return false;
    if (pattern[0] == '[') {
        std::size_t i = 1;
        const bool inverted = i < pattern.size() && pattern[i] == '!';
        i += inverted ? 1 : 0;
        const std::size_t close = pattern.find(']', i + 1);
        if (close != std::string_view::npos) {
            bool found = false;
            while (i < close) {
                const bool range = i + 2 < close && pattern[i + 1] == '-';
                found = found || (pattern[i] <= text[0] && text[0] <= pattern[range ? i + 2 : i]);
                i += range ? 3 : 1;
            }
            return found != inverted && slowly(pattern.substr(close + 1), text.substr(1));
        }
    }
    const std::size_t skipped = pattern[0] == '\\' && pattern.size() > 1 ? 1 : 0;
    const bool any = skipped == 0 && pattern[0] == '?';
    return (any || pattern[skipped] == text[0]) && slowly(pattern.substr(skipped + 1), text.substr(1));
}

TEST(PolicyGlob, EveryAnswerIsTheOneOfTheDefinition)
{
    Random random(1);
    int matched = 0;
    for (int i = 0; i < 300000; ++i) {
        const auto text_of = [&random](std::string_view letters, std::size_t longest) {
            std::string text;
            for (std::size_t size = random.below(longest); size > 0; --size)
                text += letters[random.below(letters.size())];
            return text;
        };
        const std::string pattern = text_of("aab*?[]!-\\", 9);
        const std::string text = text_of("aab[]-", 6);
        const bool expected = slowly(pattern, text);
        matched += expected ? 1 : 0;
        ASSERT_EQ(glob_matches(pattern, text), expected) << pattern << " on " << text;
    }
    EXPECT_GT(matched, 10000);
}

// These end at once, or never: each would take more than 10^12 steps if the time were not pattern x text.
TEST(PolicyGlob, TenThousandStarsAgainstTenThousandBytesComeToAnEnd)
{
    EXPECT_TRUE(glob_matches(repeated("*", 10000), repeated("a", 10000)));
    EXPECT_FALSE(glob_matches(repeated("*a", 10000) + "b", repeated("a", 10000)));
    EXPECT_FALSE(glob_matches("*" + repeated("a", 5000) + "b", repeated("a", 10000)));
}

TEST(PolicyGlob, TenThousandUnclosedClassesComeToAnEnd)
{
    EXPECT_FALSE(glob_matches("*" + repeated("[", 10000) + "x", repeated("[", 20000)));
    EXPECT_TRUE(glob_matches("*" + repeated("[", 10000), repeated("[", 10000)));
    EXPECT_FALSE(glob_matches("*[]" + repeated("[", 10000) + "x", repeated("[]", 10000)));
}

}  // namespace
}  // namespace kashim::test
