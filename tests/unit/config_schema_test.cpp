// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/schema.h"

#include "config_support.h"
#include "support/key_text.h"

#include <algorithm>
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

std::string default_file()
{
    return read(kConfigFolder / "kashim.toml");
}

TEST(ConfigDefaultFile, ChangesNothing)
{
    const policy::RuleSet rules = rules_of(default_file());
    EXPECT_EQ(rules.defaults, policy::Settings());
    EXPECT_TRUE(rules.rules.empty());
    EXPECT_EQ(said_about(default_file()), Lines());
}

TEST(ConfigDefaultFile, ShowsEveryValueAtItsTrueDefault)
{
    const std::string text = default_file();
    const policy::RuleSet rules = rules_of(uncommented(text.substr(0, text.find("#[[rule]]"))));
    EXPECT_EQ(rules.defaults, policy::Settings());
}

TEST(ConfigDefaultFile, IsGoodWithoutItsCommentSigns)
{
    const std::string text = uncommented(default_file());
    EXPECT_EQ(said_about(text), Lines());
    EXPECT_EQ(rules_of(text).rules.size(), 1u);
}

TEST(ConfigDefaultFile, ShowsEveryKey)
{
    const std::string text = default_file();
    for (const config::Row& row : config::schema()) {
        EXPECT_NE(text.find("\n#" + std::string(row.name) + " = "), std::string::npos) << row.name;
        EXPECT_NE(text.find("# May be " + std::string(row.expected) + "."), std::string::npos) << row.name;
    }
}

TEST(ConfigDefaultFile, FitsTheScreen)
{
    std::istringstream lines(default_file());
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
        EXPECT_TRUE(
            config::parse("[[rule]]\n" + std::string(row.name) + " = " + std::string(text_of(row.key).example) + "\n",
                          config::Warnings::no)
                .good())
            << row.name;
}

// | key | where | may be | default | meaning |
TEST(ConfigSchema, TheReadmesTableHasARowForEveryKeyInTheirOrder)
{
    std::istringstream lines(read(fs::path(KASHIM_SOURCE_DIR) / "README.md"));
    std::vector<std::string> rows;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("| `") && line.find("`[[rule]]` |") != std::string::npos)
            rows.push_back(line);
    }
    ASSERT_EQ(rows.size(), config::schema().size());
    for (const config::Row& row : config::schema()) {
        const std::string& shown = rows[static_cast<std::size_t>(row.key)];
        const std::string_view value = text_of(row.key).default_text;
        const std::string standard = value.empty() ? "absent" : "`" + std::string(value) + "`";
        const std::string begin = "| `" + std::string(row.name) + "` | " +
                                  (row.is_value ? "`[defaults]`, `[[rule]]`" : "`[[rule]]`") + " | " +
                                  std::string(row.expected) + " | " + standard + " | ";
        EXPECT_EQ(shown.substr(0, begin.size()), begin);
        EXPECT_EQ(std::count(shown.begin(), shown.end(), '|'), 6) << shown;
    }
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
