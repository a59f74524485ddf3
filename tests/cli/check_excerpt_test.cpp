// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The line below a finding: whatever stands in it, the caret is under the right character and nothing in it is obeyed
// by a terminal.
#include "check_support.h"

#include <sstream>

namespace kashim::test {
namespace {

struct Shown {
    std::string line;
    std::string caret;
};

class CheckExcerpt : public Check {
protected:
    /// The line of the first finding in the text, and the caret's below it.
    Shown shown(std::string_view text) const
    {
        const Result result = checked(text);
        EXPECT_EQ(result.exit_code, 1) << result;
        std::istringstream out(result.out);
        std::string finding;
        Shown shown;
        std::getline(out, finding);
        std::getline(out, shown.line);
        std::getline(out, shown.caret);
        return shown;
    }
};

void expect(const Shown& shown, std::string_view line, std::string_view caret)
{
    EXPECT_EQ(shown.line, line);
    EXPECT_EQ(shown.caret, caret);
}

TEST_F(CheckExcerpt, TabsAreAsWideAsInTheFile)
{
    expect(shown("[defaults]\n\tcount\t= 0\n"),
           "    2 |         count   = 0",  //
           "      |                   ^");
}

TEST_F(CheckExcerpt, WideAndCombiningCharactersKeepTheCaretInItsPlace)
{
    expect(shown("rule = [{name = \"日本 é\xcc\x82 e\xcc\x81\", port = 0}]\n"),
           "    1 | rule = [{name = \"日本 é\xcc\x82 e\xcc\x81\", port = 0}]",
           "      |                                    ^");
}

TEST_F(CheckExcerpt, ACaretUnderACombiningCharacterStandsUnderWhatItBelongsTo)
{
    expect(shown("[defaults]\nxe\xcc\x81 = 3\n"),
           "    2 | xe\xcc\x81 = 3",  //
           "      |  ^");
}

TEST_F(CheckExcerpt, ControlCharactersAndMarksOfDirectionAreNamed)
{
    expect(shown("[defaults] # \x1b[31m \u202e \u200b \u009b\n"),
           "    1 | [defaults] # <U+001B>[31m <U+202E> <U+200B> <U+009B>", "      |              ^");
}

TEST_F(CheckExcerpt, ANulByteIsNamed)
{
    expect(shown(std::string_view("a = \0", 5)),
           "    1 | a = <U+0000>",  //
           "      |     ^");
}

TEST_F(CheckExcerpt, BytesThatAreNotUtf8AreNamed)
{
    expect(shown("# caf\xe9 \x80\xc3\xff\n"),
           "    1 | # caf<e9> <80><c3><ff>",  //
           "      |      ^");
}

TEST_F(CheckExcerpt, AByteOrderMarkIsNotShownAndNotCounted)
{
    expect(shown("\xef\xbb\xbfidel = 3\n"),
           "    1 | idel = 3",  //
           "      | ^");
}

TEST_F(CheckExcerpt, TheCarriageReturnOfAFileFromWindowsIsNotShown)
{
    expect(shown("[defaults]\r\nidle = \"3s\r\n"),
           "    2 | idle = \"3s",  //
           "      |           ^");
}

TEST_F(CheckExcerpt, TheCaretMayStandBehindTheLastCharacter)
{
    expect(shown("[defaults]\nidle ="),
           "    2 | idle =",  //
           "      |       ^");
}

TEST_F(CheckExcerpt, ALineAsWideAsThereIsRoomIsShownWhole)
{
    const std::string comment(111 - 11, 'x');
    expect(shown("idel = 20 #" + comment + "\n"),
           "    1 | idel = 20 #" + comment,  //
           "      | ^");
}

TEST_F(CheckExcerpt, ALongerLineIsCutBehindTheCaret)
{
    expect(shown("idel = 20 #" + std::string(101, 'x') + "\n"),
           "    1 | idel = 20 #" + std::string(105 - 11, 'x') + "...",  //
           "      | ^");
}

TEST_F(CheckExcerpt, ALongLineIsCutOnBothSidesOfTheCaret)
{
    const std::string name(300, 'x');
    const std::string ports(200, '5');
    const Shown excerpt = shown("rule = [{name = \"" + name + "\", idel = 3, program = \"" + ports + "\"}]\n");
    expect(excerpt,
           "    1 | ..." + std::string(50, 'x') + "\", idel = 3, program = \"" + std::string(52 - 21, '5') + "...",
           "      |    " + std::string(50, ' ') + "   ^");
}

TEST_F(CheckExcerpt, ALongLineIsCutInFrontOfACaretAtItsEnd)
{
    expect(shown("rule = [{name = \"" + std::string(300, 'x') + "\", idel = 3}]\n"),
           "    1 | ..." + std::string(105 - 13, 'x') + "\", idel = 3}]",
           "      |    " + std::string(105 - 13, ' ') + "   ^");
}

TEST_F(CheckExcerpt, ALineOfMarksAloneIsCutToo)
{
    std::string marks;
    for (int i = 0; i < 100'000; ++i)
        marks += "\xcc\x81";
    const Shown excerpt = shown("idel = 3 # e" + marks + "\n");
    EXPECT_TRUE(excerpt.line.starts_with("    1 | idel = 3 # e\xcc\x81"));
    EXPECT_TRUE(excerpt.line.ends_with("\xcc\x81..."));
    EXPECT_LT(excerpt.line.size(), 1000u);
}

TEST_F(CheckExcerpt, ALineNumberOfSixDigitsMovesTheBarOfTheCaretToo)
{
    expect(shown(std::string(123'455, '\n') + "idel = 3\n"),
           "123456 | idel = 3",  //
           "       | ^");
}

TEST_F(CheckExcerpt, ManyFindingsInOneLineEachHaveTheirCaret)
{
    expect(
        checked("rule = [{port = [0, 5, 0]}]\n"), 1,
        "<stdin>:1:18: error: port must be a port from 1 to 65535, a range such as \"6000-6010\", or a list of them, "
        "not 0\n"
        "    1 | rule = [{port = [0, 5, 0]}]\n"
        "      |                  ^\n"
        "<stdin>:1:24: error: port must be a port from 1 to 65535, a range such as \"6000-6010\", or a list of them, "
        "not 0\n"
        "    1 | rule = [{port = [0, 5, 0]}]\n"
        "      |                        ^\n"
        "<stdin>: errors: 2, warnings: 0; programs would run without kashim\n");
}

}  // namespace
}  // namespace kashim::test
