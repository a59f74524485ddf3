// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The rules of src/README.md: folders are layers, and each has a thing that only it may know.
#include "support/process.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace kashim::test {
namespace {

namespace fs = std::filesystem;

const std::map<std::string, std::set<std::string>> kMayInclude{
    {"policy", {}},
    {"config", {"policy"}},
    {"platform", {"policy"}},
    {"shim", {"policy", "config", "platform"}},
    {"live", {"policy", "platform"}},
    {"reach", {"policy", "platform"}},
    {"cli", {"policy", "config", "platform", "live", "reach"}},
};

// For policy, which neither reads nor writes: what of the standard library would.
const std::set<std::string> kInputOutput{"cstdio",  "filesystem", "fstream", "iostream",  "istream",
                                         "ostream", "print",      "sstream", "syncstream"};

struct Line {
    std::string folder;  ///< below src/
    std::string place;   ///< "src/policy/glob.cpp:7", for messages
    std::string text;
};

/// Every line of every C and C++ file of src/ that the pattern finds.
std::vector<Line> lines_with(const std::regex& pattern)
{
    const fs::path source = fs::path(KASHIM_SOURCE_DIR) / "src";
    std::vector<Line> found;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(source)) {
        const std::string extension = entry.path().extension();
        if (!entry.is_regular_file() || !std::set<std::string>{".h", ".cpp", ".c", ".inc"}.contains(extension))
            continue;
        const fs::path relative = fs::relative(entry.path(), source);
        std::istringstream lines(read_file(entry.path()));
        int number = 0;
        for (std::string text; std::getline(lines, text);) {
            ++number;
            if (std::regex_search(text, pattern))
                found.push_back({*relative.begin(), "src/" + relative.string() + ":" + std::to_string(number), text});
        }
    }
    return found;
}

const std::regex kInclude(R"(^\s*#\s*include\b)");

TEST(House, EveryFolderOfTheSourcesIsALayerThatTheRuleKnows)
{
    std::set<std::string> folders;
    for (const Line& line : lines_with(kInclude))
        folders.insert(line.folder);
    ASSERT_FALSE(folders.empty());
    for (const std::string& folder : folders)
        EXPECT_TRUE(kMayInclude.contains(folder)) << folder;
}

TEST(House, EveryFolderIncludesOnlyItselfAndTheLayersBelow)
{
    const std::regex quoted(R"re(#\s*include\s*"([^"/]*)(/?)[^"]*")re");
    std::size_t checked = 0;
    for (const Line& line : lines_with(kInclude)) {
        std::smatch match;
        if (!std::regex_search(line.text, match, quoted))
            continue;
        ++checked;
        ASSERT_TRUE(kMayInclude.contains(line.folder)) << line.place;
        EXPECT_TRUE(match[1] == line.folder || kMayInclude.at(line.folder).contains(match[1]))
            << line.place << ": " << line.text;
        EXPECT_EQ(match[2], "/") << line.place << ": a file of the house is named with its folder: " << line.text;
    }
    EXPECT_GT(checked, 0u);
}

TEST(House, NoFileOfTheHouseIsIncludedInAngleBrackets)
{
    const std::regex angled(R"(#\s*include\s*<(policy|config|platform|shim|live|reach|cli)/)");
    for (const Line& line : lines_with(kInclude))
        EXPECT_FALSE(std::regex_search(line.text, angled)) << line.place << ": " << line.text;
}

TEST(House, OnlyConfigKnowsToml)
{
    std::set<std::string> folders;
    for (const Line& line : lines_with(std::regex(R"(#\s*include\s*[<"]toml)")))
        folders.insert(line.folder);
    EXPECT_EQ(folders, std::set<std::string>{"config"});
}

TEST(House, OnlyThePlatformFolderAsksWhichPlatformThisIs)
{
    for (const Line& line : lines_with(std::regex(R"(^\s*#\s*(if|ifdef|ifndef|elif)\b)")))
        EXPECT_EQ(line.folder, "platform") << line.place << ": " << line.text;
}

TEST(House, PolicyIncludesOnlyTheStandardLibraryAndNothingThatReadsOrWrites)
{
    const std::regex angled(R"(#\s*include\s*<([^>]*)>)");
    for (const Line& line : lines_with(kInclude)) {
        std::smatch match;
        if (line.folder != "policy" || !std::regex_search(line.text, match, angled))
            continue;
        EXPECT_EQ(match[1].str().find_first_of("./"), std::string::npos) << line.place << ": " << line.text;
        EXPECT_FALSE(kInputOutput.contains(match[1])) << line.place << ": " << line.text;
    }
}

TEST(House, EverySourceAndTestFileStartsWithTheLicenceHeader)
{
    const std::string header = "// SPDX-FileCopyrightText: the kashim authors\n// SPDX-License-Identifier: MIT\n";
    for (const char* top : {"src", "tests"}) {
        for (const fs::directory_entry& entry : fs::recursive_directory_iterator(fs::path(KASHIM_SOURCE_DIR) / top)) {
            const std::string extension = entry.path().extension();
            if (!entry.is_regular_file() || !std::set<std::string>{".h", ".cpp", ".c"}.contains(extension))
                continue;
            EXPECT_TRUE(read_file(entry.path()).starts_with(header)) << entry.path();
        }
    }
}

TEST(House, TheTopLevelHoldsWhatEveryReaderNeedsAndNothingElse)
{
    const std::set<std::string> expected{".ci",     ".clang-format", ".gitignore", "CMakeLists.txt",
                                         "LICENSE", "README.md",     "config",     "packaging",
                                         "src",     "tests"};
    // Git's own, and what .gitignore leaves out.
    const std::regex ignored(R"(\.git|build.*|\.cache|compile_commands\.json)");
    std::set<std::string> found;
    for (const fs::directory_entry& entry : fs::directory_iterator(KASHIM_SOURCE_DIR)) {
        const std::string name = entry.path().filename();
        if (!std::regex_match(name, ignored))
            found.insert(name);
    }
    EXPECT_EQ(found, expected);
}

}  // namespace
}  // namespace kashim::test
