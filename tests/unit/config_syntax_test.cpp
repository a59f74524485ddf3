// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config_support.h"

namespace kashim::test {
namespace {

using namespace std::string_literals;

std::string dotted(unsigned dots)
{
    std::string key = "a";
    for (unsigned i = 0; i < dots; ++i)
        key += ".a";
    return key;
}

class ConfigSyntax : public testing::TestWithParam<Complaint> {};

TEST_P(ConfigSyntax, IsExplained)
{
    EXPECT_EQ(said_about(GetParam().text), GetParam().said);
}

const std::string kQuotes = "; words and times with a unit stand in quotes, as in idle = \"60s\"";

INSTANTIATE_TEST_SUITE_P(
    Text, ConfigSyntax,
    testing::Values(
        Complaint{"a time without quotes",
                  "[defaults]\nidle = 60s\n",
                  {"FILE:2:10: error: not valid TOML: decimal integer: expected digit, saw 's'" + kQuotes}},
        Complaint{"a word without quotes",
                  "[defaults]\napp = respect\n",
                  {"FILE:2:7: error: not valid TOML: value: could not determine value type" + kQuotes}},
        Complaint{"a missing value",
                  "[defaults]\nidle =\n",
                  {"FILE:2:7: error: not valid TOML: key-value pair: expected value, saw '\\n'"}},
        Complaint{"a missing equals sign",
                  "[defaults]\nidle\n",
                  {"FILE:2:5: error: not valid TOML: key-value pair: expected '=', saw '\\n'"}},
        Complaint{"a header that is not closed",
                  "[defaults\nidle = 5\n",
                  {"FILE:1:10: error: not valid TOML: table header: expected ']', saw '\\n'"}},
        Complaint{"a string that is not closed",
                  "[defaults]\nidle = \"60s\ncount = 5\n",
                  {"FILE:2:12: error: the string has no closing quote in its line"}},
        Complaint{"a string that is not closed in a file from Windows",
                  "[defaults]\r\nidle = \"60s\r\ncount = 5\r\n",
                  {"FILE:2:12: error: the string has no closing quote in its line"}},
        Complaint{"a key given twice behind a byte order mark",
                  "\xef\xbb\xbfrule = [{idle = 1, idle = 2}]\n",
                  {"FILE:1:20: error: \"idle\" is given twice; keep one"}},
        Complaint{"a string that is not closed at the end",
                  "[defaults]\nidle = \"60s",
                  {"FILE:2:12: error: not valid TOML: string: encountered end-of-file"}},
        Complaint{"only the first fault of syntax is told",
                  "[defaults]\nidle =\ncount =\n",
                  {"FILE:2:7: error: not valid TOML: key-value pair: expected value, saw '\\n'"}},
        Complaint{"the place counts code points before it",
                  "[[rule]]\nname = \"Grüße €\" x\n",
                  {"FILE:2:18: error: not valid TOML: key-value pair: expected a comment or whitespace, saw 'x'"}},
        Complaint{"quotes as books have them",
                  "[defaults]\nidle = “60s”\n",
                  {"FILE:2:8: error: this character stands outside of quotes; TOML knows \" and ' only"}},
        Complaint{"a key given twice, at the second one",
                  "[defaults]\nidle = 5\n  idle  = 6\n",
                  {"FILE:3:3: error: \"idle\" is given twice; keep one"}},
        Complaint{"a key given twice behind other letters",
                  "rule = [{name = \"ü = ü\", idle = 5, \"idle\" = 6}]\n",
                  {"FILE:1:36: error: \"idle\" is given twice; keep one"}},
        Complaint{"a key given twice whose first value has many lines",
                  "[[rule]]\nport = [\n1,\n2\n]\nport = [\n3\n]\n",
                  {"FILE:6:1: error: \"port\" is given twice; keep one"}},
        Complaint{"a dotted key given twice",
                  "defaults.idle = 5\ndefaults.idle = 6\n",
                  {"FILE:2:1: error: \"defaults.idle\" is given twice; keep one"}},
        Complaint{"a table given twice",
                  "[defaults]\nidle = 5\n[defaults]\ncount = 5\n",
                  {"FILE:3:1: error: [defaults] is given twice; write all its keys under one"}},
        Complaint{"single brackets around a later rule",
                  "[[rule]]\nidle = 5\n[rule]\nidle = 6\n",
                  {"FILE:3:1: error: write [[rule]] with double brackets; there may be several"}},
        Complaint{"single brackets around every rule",
                  "[rule]\nidle = 5\n[rule]\nidle = 6\n",
                  {"FILE:3:1: error: write [[rule]] with double brackets; there may be several"}},
        Complaint{"double brackets around one of two rules",
                  "[rule]\nidle = 5\n[[rule]]\nidle = 6\n",
                  {"FILE:3:1: error: write [[rule]] with double brackets; there may be several"}},
        Complaint{"a key with more than 32 dots",
                  "[defaults]\nidle = 5\n  " + dotted(33) + " = 1\n",
                  {"FILE:3:3: error: a key with more than 32 dots; no key of kashim needs one"}},
        Complaint{"a key with a hundred thousand dots",
                  dotted(100'000) + " = 1\n",
                  {"FILE:1:1: error: a key with more than 32 dots; no key of kashim needs one"}},
        Complaint{"a header with more than 32 dots",
                  "[" + dotted(33) + "]\n",
                  {"FILE:1:2: error: a key with more than 32 dots; no key of kashim needs one"}},
        Complaint{"values nested too deep",
                  "[[rule]]\nport = [[[[[[[[[1]]]]]]]]]\n",
                  {"FILE:2:16: error: more than 8 lists and tables inside each other; a rule needs four at most"}},
        Complaint{"a hundred thousand brackets",
                  "port = " + std::string(100'000, '['),
                  {"FILE:1:16: error: more than 8 lists and tables inside each other; a rule needs four at most"}},
        Complaint{"a NUL byte",
                  "[defaults]\n# ü\0"s,
                  {"FILE:2:4: error: a NUL byte: this is not a text; a configuration is TOML in UTF-8"}},
        Complaint{"a program instead of a text",
                  "\x7f"
                  "ELF\x02\x01\x01\0\0"s,
                  {"FILE:1:8: error: a NUL byte: this is not a text; a configuration is TOML in UTF-8"}},
        Complaint{"a text in Latin 1",
                  "[[rule]]\nname = \"B\xfcro\"\n",
                  {"FILE:2:10: error: this byte is not UTF-8; save the file as UTF-8"}},
        Complaint{"a surrogate in UTF-8",
                  "# \xed\xa0\x80",
                  {"FILE:1:3: error: this byte is not UTF-8; save the file as UTF-8"}},
        Complaint{"an overlong code point",
                  "# \xc0\x80",
                  {"FILE:1:3: error: this byte is not UTF-8; save the file as UTF-8"}},
        Complaint{"a code point that is cut off",
                  "# \xe2\x82",
                  {"FILE:1:3: error: this byte is not UTF-8; save the file as UTF-8"}},
        Complaint{"a code point beyond Unicode",
                  "# \xf4\x90\x80\x80",
                  {"FILE:1:3: error: this byte is not UTF-8; save the file as UTF-8"}},
        Complaint{"a text in UTF 16", "\xff\xfe[\0"s, {"FILE: error: this is UTF-16; save it as UTF-8"}}),
    NameOfComplaint());

TEST(ConfigText, AnEmptyFileIsTheBuiltInPolicy)
{
    for (const char* text : {"", "\n", "# nothing\n", "[defaults]\n"}) {
        const policy::RuleSet rules = rules_of(text);
        EXPECT_EQ(rules.defaults, policy::Settings()) << text;
        EXPECT_TRUE(rules.rules.empty()) << text;
    }
}

TEST(ConfigText, AByteOrderMarkIsNoPartOfTheText)
{
    EXPECT_EQ(rules_of("\xef\xbb\xbf[defaults]\ncount = 7\n").defaults.count, 7);
}

TEST(ConfigText, LinesMayEndAsOnWindows)
{
    EXPECT_EQ(rules_of("[defaults]\r\ncount = 7\r\n").defaults.count, 7);
}

TEST(ConfigText, EveryPlaceOfUnicodeMayBeUsed)
{
    EXPECT_EQ(rules_of("[[rule]]\nname = \"ß€𝄞\U0010ffff\"\n").rules[0].name, "ß€𝄞\U0010ffff");
}

}  // namespace
}  // namespace kashim::test
