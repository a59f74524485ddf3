// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The rules of src/README.md: folders are layers, and each has a thing that only it may know. tests/house.sh has those for
// the files of the repository.
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
    // Injected.
    {"policy", {}},
    {"config", {"policy"}},
    {"platform", {"policy"}},
    {"shim", {"policy", "config", "platform"}},
    // The command's alone.
    {"host", {"policy", "platform"}},
    {"reach", {"policy", "platform", "host"}},
    {"sockets", {"policy", "platform", "host"}},
    {"loaded", {"policy", "config", "platform"}},
    {"text", {"policy", "config", "platform", "host", "sockets", "loaded"}},
    {"guard", {"policy", "config", "platform", "host", "sockets", "loaded", "text"}},
    {"cli", {"policy", "config", "platform", "host", "reach", "sockets", "loaded", "text", "guard"}},
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
    const std::regex angled(
        R"(#\s*include\s*<(policy|config|platform|shim|host|reach|sockets|loaded|text|guard|cli)/)");
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

TEST(House, OnlyTheFoldersForTheSystemAskWhichSystemThisIs)
{
    for (const Line& line : lines_with(std::regex(R"(^\s*#\s*(if|ifdef|ifndef|elif)\b)")))
        EXPECT_TRUE(line.folder == "platform" || line.folder == "host") << line.place << ": " << line.text;
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

class HouseScript : public ::testing::Test {
protected:
    void SetUp() override
    {
        if (!run({.arguments = {"sh", "-c", "command -v git"}}).ok())
            GTEST_SKIP() << "skipped, because git is not installed";
    }
};

/// What tests/house.sh says of a repository in which these files were added, and others are beside them.
Result house_of(const std::map<std::string, std::string>& added, const std::vector<std::string>& beside = {})
{
    const TempDir folder;
    for (const auto& [name, text] : added) {
        fs::create_directories((folder / name).parent_path());
        write_file(folder / name, text);
    }
    const Result git = run({.arguments = {"sh", "-c", "git init -q . && git add ."}, .directory = folder.path()});
    EXPECT_TRUE(git.ok()) << git;
    for (const std::string& name : beside)
        write_file(folder / name, "");
    return run({.arguments = {"bash", KASHIM_SOURCE_DIR "/tests/house.sh", folder.path()}});
}

const std::string kCopyright = "SPDX-FileCopyrightText: the kashim authors\n";
const std::string kLicence = "SPDX-License-Identifier: MIT\n";

TEST_F(HouseScript, AcceptsWhatFollowsTheRules)
{
    const Result result = house_of({{"README.md", "text"},
                                    {"src/a.cpp", "// " + kCopyright + "// " + kLicence},
                                    {"tests/a.sh", "#!/bin/sh\n# " + kCopyright + "# " + kLicence}});
    EXPECT_TRUE(result.ok()) << result;
    EXPECT_EQ(result.out, "");
}

TEST_F(HouseScript, NamesWhatIsNotOneOfTheTopLevelAndAFileWithoutTheLicence)
{
    const Result result = house_of(
        {{"CONTRIBUTING.md", "text"}, {"src/a.cpp", "int a;\n"}, {"tests/a.sh", "# " + kLicence + "# " + kCopyright}});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_EQ(result.out,
              "CONTRIBUTING.md: not one of the top level's files and directories, which tests/house.sh lists\n"
              "src/a.cpp: does not begin with the two lines of the licence\n"
              "tests/a.sh: does not begin with the two lines of the licence\n");
}

TEST_F(HouseScript, SaysNothingOfFilesThatGitDoesNotList)
{
    const Result result = house_of({{"README.md", "text"}}, {"debian", "config.log"});
    EXPECT_TRUE(result.ok()) << result;
    EXPECT_EQ(result.out, "");
}

}  // namespace
}  // namespace kashim::test
