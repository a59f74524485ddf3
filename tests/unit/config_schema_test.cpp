// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/schema.h"

#include "config_support.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace kashim::test {
namespace {

namespace fs = std::filesystem;

const fs::path kConfigFolder = fs::path(KASHIM_SOURCE_DIR) / "config";

std::string read(const fs::path& path)
{
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file) << path;
    return {std::istreambuf_iterator<char>(file), {}};
}

// The file as somebody makes it who takes away the comment signs of all keys and headers.
std::string uncommented(const std::string& text)
{
    std::string result;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const bool is_setting = line.size() > 1 && line[0] == '#' && line[1] != ' ';
        result += (is_setting ? line.substr(1) : line) + "\n";
    }
    return result;
}

TEST(ConfigDefaultFile, IsTheOneInTheRepository)
{
    const fs::path path = kConfigFolder / "kashim.toml";
    // KASHIM_REWRITE=1: the schema has changed, and the file shall follow.
    if (std::getenv("KASHIM_REWRITE") != nullptr)
        std::ofstream(path, std::ios::binary) << config::default_file();
    EXPECT_EQ(read(path), config::default_file());
}

TEST(ConfigDefaultFile, ChangesNothing)
{
    const policy::RuleSet rules = rules_of(config::default_file());
    EXPECT_EQ(rules.defaults, policy::Settings());
    EXPECT_TRUE(rules.rules.empty());
    EXPECT_EQ(said_about(config::default_file()), Lines());
}

TEST(ConfigDefaultFile, ShowsEveryValueAtItsTrueDefault)
{
    const std::string text = config::default_file();
    const policy::RuleSet rules = rules_of(uncommented(text.substr(0, text.find("#[[rule]]"))));
    EXPECT_EQ(rules.defaults, policy::Settings());
}

TEST(ConfigDefaultFile, IsGoodWithoutItsCommentSigns)
{
    const std::string text = uncommented(config::default_file());
    EXPECT_EQ(said_about(text), Lines());
    EXPECT_EQ(rules_of(text).rules.size(), 1u);
}

TEST(ConfigDefaultFile, ShowsEveryKey)
{
    const std::string text = config::default_file();
    for (const config::Row& row : config::schema())
        EXPECT_NE(text.find("\n#" + std::string(row.name) + " = "), std::string::npos) << row.name;
}

TEST(ConfigDefaultFile, FitsTheScreen)
{
    std::istringstream lines(config::default_file());
    for (std::string line; std::getline(lines, line);)
        EXPECT_LE(line.size(), 120u) << line;
}

TEST(ConfigSchema, FindsEveryKeyByNameAndNumber)
{
    for (const config::Row& row : config::schema()) {
        EXPECT_EQ(config::find_row(row.name), &row);
        EXPECT_EQ(&config::row(row.key), &row);
    }
    EXPECT_EQ(config::find_row("idel"), nullptr);
}

TEST(ConfigSchema, EveryExampleIsWhatTheRowExpects)
{
    for (const config::Row& row : config::schema())
        EXPECT_TRUE(config::parse("[[rule]]\n" + std::string(row.name) + " = " +
                                      std::string(config::text_of(row.key).example) + "\n",
                                  config::Warnings::no)
                        .good())
            << row.name;
}

TEST(ConfigSchema, ItsTableStandsInTheReadme)
{
    const std::string readme = read(fs::path(KASHIM_SOURCE_DIR) / "README.md");
    EXPECT_NE(readme.find(config::key_table()), std::string::npos) << config::key_table();
}

TEST(ConfigSchema, TheTableHasARowForEveryKeyAndNoCellTooMany)
{
    std::istringstream lines(config::key_table());
    std::vector<std::string> rows;
    for (std::string line; std::getline(lines, line);) {
        EXPECT_EQ(std::count(line.begin(), line.end(), '|'), 6) << line;
        rows.push_back(line);
    }
    ASSERT_EQ(rows.size(), config::schema().size() + 2);
    EXPECT_EQ(rows[0], "| key | where | may be | default | meaning |");
    EXPECT_EQ(rows[2 + 3],
              "| `count` | `[defaults]`, `[[rule]]` | a whole number from 1 to 127 | `5` | Unanswered probes "
              "before the connection is dead. |");
    EXPECT_EQ(rows[2 + 7],
              "| `name` | `[[rule]]` | a text on one line, not empty | absent | What messages call the rule. |");
}

std::vector<fs::path> examples()
{
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(kConfigFolder / "examples")) {
        if (entry.path().extension() == ".toml")
            files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

class ConfigExamples : public testing::TestWithParam<fs::path> {};

TEST_P(ConfigExamples, AreGoodAndSaySomething)
{
    const config::Parsed parsed = config::parse(read(GetParam()), config::Warnings::yes);
    EXPECT_TRUE(parsed.good()) << testing::PrintToString(lines_of(GetParam().string(), parsed.findings));
    EXPECT_TRUE(parsed.rules.defaults != policy::Settings() || !parsed.rules.rules.empty());
    for (const policy::Rule& rule : parsed.rules.rules)
        EXPECT_NE(rule.name, "") << GetParam() << ":" << rule.line;
}

std::string name_of(const testing::TestParamInfo<fs::path>& example)
{
    std::string name = example.param.stem().string();
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Files, ConfigExamples, testing::ValuesIn(examples()), name_of);

}  // namespace
}  // namespace kashim::test
