// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The manual pages, held against the command's own --help, the schema and the library's sources.
#include "cli/help_text.h"

#include "config/parse.h"
#include "config/schema.h"
#include "support/key_text.h"
#include "support/process.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <sstream>

namespace kashim::test {
namespace {

namespace fs = std::filesystem;

const fs::path kManual = fs::path(KASHIM_SOURCE_DIR) / "packaging/man";

/// The page as a reader sees it, on one line with single blanks.
std::string rendered(const std::string& page)
{
    const Result result = run({.arguments = {"mandoc", "-T", "ascii", "-O", "width=900", kManual / page}});
    std::string text;
    for (std::size_t i = 0; i < result.out.size(); ++i) {
        if (result.out[i] == '\b') {  // overstruck: bold, underlined
            text.pop_back();
            continue;
        }
        const char c = result.out[i] == '\n' ? ' ' : result.out[i];
        if (c != ' ' || !text.ends_with(' '))
            text += c;
    }
    return text;
}

/// The source lines of a subsection, ".Ss NAME" to the next one.
std::string section(const std::string& page, const std::string& name)
{
    std::string found;
    bool inside = false;
    for (const std::string& line : lines_of(read_file(kManual / page))) {
        if (line.starts_with(".Ss ") || line.starts_with(".Sh "))
            inside = line == ".Ss " + name;
        else if (inside)
            found += line + "\n";
    }
    return found;
}

/// What is shown as it would be typed: the blocks between .Bd -literal and .Ed.
std::vector<std::string> examples(const std::string& page)
{
    std::vector<std::string> blocks;
    bool inside = false;
    for (const std::string& line : lines_of(read_file(kManual / page))) {
        if (line.starts_with(".Bd -literal")) {
            blocks.emplace_back();
            inside = true;
        } else if (line == ".Ed") {
            inside = false;
        } else if (inside) {
            blocks.back() += line + "\n";
        }
    }
    return blocks;
}

class Manual : public testing::Test {
protected:
    void SetUp() override
    {
        if (!fs::exists("/usr/bin/mandoc"))
            GTEST_SKIP() << "skipped, because mandoc is not installed";
    }
};

TEST_F(Manual, EveryPageIsGoodMdoc)
{
    for (const char* page : {"kashim.1", "kashim.toml.5", "libkashim.so.7"}) {
        const Result result = run({.arguments = {"mandoc", "-T", "lint", kManual / page}});
        for (const std::string& line : lines_of(result.out)) {
            // Which other pages are installed here is no fault of this one.
            EXPECT_NE(line.find("referenced manual not found"), std::string::npos) << line;
        }
    }
}

TEST_F(Manual, EveryKeyOfTheFileIsThereWithWhatItMayBeAndItsDefault)
{
    const std::string page = rendered("kashim.toml.5");
    for (const config::Row& row : config::schema()) {
        const KeyText& text = text_of(row.key);
        std::ostringstream wanted;
        wanted << " May be " << row.expected
               << ". Default: " << (text.default_text.empty() ? "absent" : text.default_text) << ". ";
        // Several keys may be the same: this one's stands behind its name and one or two sentences.
        constexpr std::size_t kLongest = 300;
        const std::size_t name = page.find(" " + std::string(row.name) + " ");
        ASSERT_NE(name, std::string::npos) << row.name;
        bool found = false;
        for (std::size_t at = name; at != std::string::npos && !found;
             at = page.find(" " + std::string(row.name) + " ", at + 1))
            found = page.substr(at, kLongest + wanted.str().size()).find(wanted.str()) != std::string::npos;
        EXPECT_TRUE(found) << row.name << wanted.str() << "\nin\n" << page;
    }
}

TEST_F(Manual, EveryExampleOfAFileIsAGoodOne)
{
    const std::vector<std::string> files = examples("kashim.toml.5");
    ASSERT_FALSE(files.empty());
    for (const std::string& file : files)
        EXPECT_TRUE(config::parse(file, config::Warnings::no).good()) << file;
}

TEST_F(Manual, EveryVerbAndEveryOptionOfItIsThere)
{
    const std::string synopsis =
        read_file(kManual / "kashim.1").substr(0, read_file(kManual / "kashim.1").find(".Sh DESC"));
    for (const std::string& verb : verbs()) {
        EXPECT_NE(synopsis.find(".Cm " + verb + "\n"), std::string::npos) << verb;
        const std::string text = section("kashim.1", verb);
        EXPECT_NE(text, "") << verb;
        for (const std::string& option : options_in(help({verb}))) {
            const std::regex written("\\.(It|Fl)( .*)?(Fl|,|Op) ?\\\\-" + option.substr(2) + "\\b");
            if (option != "--help") {
                EXPECT_TRUE(std::regex_search(text, written)) << verb << " " << option;
            }
        }
    }
    EXPECT_TRUE(section("kashim.1", "nosuch").empty());
}

TEST_F(Manual, NoOptionIsThereThatTheVerbDoesNotHave)
{
    static const std::regex kOption(R"(Fl \\-([a-z][a-z-]*))");
    for (const std::string& verb : verbs()) {
        const Words known = options_in(help({verb}));
        for (const std::string& line : lines_of(section("kashim.1", verb))) {
            for (std::sregex_iterator option(line.begin(), line.end(), kOption), end; option != end; ++option) {
                if (line.starts_with(".It")) {
                    EXPECT_TRUE(known.contains("--" + (*option)[1].str())) << verb << ": " << line;
                }
            }
        }
    }
}

TEST_F(Manual, EveryExampleNamesAVerbAndOptionsThatItHas)
{
    static const std::regex kCommand(R"(^(sudo )?kashim ([a-z]+)(.*))");
    static const std::regex kOption(R"( (--[a-z-]+))");
    int commands = 0;
    for (const std::string& block : examples("kashim.1")) {
        for (const std::string& line : lines_of(block)) {
            std::smatch match;
            if (!std::regex_match(line, match, kCommand))
                continue;
            ++commands;
            ASSERT_TRUE(verbs().contains(match[2])) << line;
            std::string rest = match[3];
            rest = rest.substr(0, rest.find(" -- "));
            const Words known = options_in(help({match[2]}));
            for (std::sregex_iterator option(rest.begin(), rest.end(), kOption), end; option != end; ++option)
                EXPECT_TRUE(known.contains((*option)[1])) << line;
        }
    }
    EXPECT_GT(commands, 0);
}

TEST_F(Manual, EveryVariableThatTheLibraryReadsIsThere)
{
    static const std::regex kRead(R"re(environment(?:\[|\.text\()"(KASHIM_[A-Z_]+)"[\])])re");
    std::string source;
    for (const char* const file : {"load.cpp", "configuration.cpp", "messages.cpp"})
        source += read_file(fs::path(KASHIM_SOURCE_DIR) / "src/shim" / file);
    const std::string page = read_file(kManual / "libkashim.so.7");
    int variables = 0;
    for (std::sregex_iterator read(source.begin(), source.end(), kRead), end; read != end; ++read, ++variables)
        EXPECT_NE(page.find(".It Ev " + (*read)[1].str() + "\n"), std::string::npos) << (*read)[1];
    EXPECT_GT(variables, 3);
}

}  // namespace
}  // namespace kashim::test
