// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What bash, zsh and fish offer behind "kashim": each shell is asked itself (shells/). What should be offered is read
// from --help and from the schema, so that a verb, an option or a key that is added there is missed here.
#include "cli/help_text.h"
#include "cli/run_support.h"

#include "config/options.h"
#include "config/schema.h"

#include <unistd.h>

#include <filesystem>
#include <regex>

namespace kashim::test {
namespace {

namespace fs = std::filesystem;

struct Shell {
    std::string name;
    std::vector<std::string> command;
    std::string completions;
};

void PrintTo(const Shell& shell, std::ostream* stream)
{
    *stream << shell.name;
}

class Completions : public testing::TestWithParam<Shell> {
protected:
    void SetUp() override
    {
        if (!fs::exists("/usr/bin/" + GetParam().name) || !fs::exists("/usr/share/bash-completion/bash_completion"))
            GTEST_SKIP() << "skipped, because " << GetParam().name << " or bash-completion is not installed";
    }

    /// Without "=" or "--option=" around: how much of a word is offered anew differs.
    Words offered(const std::string& line) const
    {
        const fs::path source = KASHIM_SOURCE_DIR;
        Command command{GetParam().command};
        command.arguments.push_back(source / "tests/cli/shells" / ("complete." + GetParam().name));
        command.arguments.push_back(source / "packaging/completions" / GetParam().completions);
        command.arguments.push_back(line);
        command.environment = {"PATH=" + fs::path(KASHIM_COMMAND).parent_path().string() + ":/usr/bin:/bin",
                               "HOME=" + folder_.path().string(), "TERM=dumb"};
        command.directory = folder_.path();
        const Result result = run(command);
        EXPECT_TRUE(result.ok()) << result;
        Words words;
        for (std::string word : lines_of(result.out)) {
            if (word.ends_with('='))
                word.pop_back();
            words.insert(word.substr(word.rfind('=') + 1));
        }
        return words;
    }

    TempDir folder_;
};

TEST_P(Completions, EveryVerbThatHelpNamesIsOffered)
{
    ASSERT_TRUE(verbs().contains("run"));
    Words wanted = verbs();
    wanted.insert("help");
    EXPECT_TRUE(holds(offered("kashim "), wanted)) << testing::PrintToString(offered("kashim "));
    EXPECT_EQ(offered("kashim help "), verbs());
    EXPECT_EQ(offered("kashim --"), options_in(help()));
}

TEST_P(Completions, EveryLongOptionThatHelpNamesIsOffered)
{
    ASSERT_TRUE(options_in(help({"run"})).contains("--dry-run"));
    for (const std::string& verb : verbs())
        EXPECT_EQ(offered("kashim " + verb + " --"), options_in(help({verb}))) << verb;
}

TEST_P(Completions, EveryKeyThatSetTakesIsOffered)
{
    Words keys;
    for (const config::Row& row : config::schema()) {
        if (row.is_value)
            keys.insert(std::string(row.name));
    }
    const Words found = offered("kashim run --set ");
    EXPECT_TRUE(holds(found, keys)) << testing::PrintToString(found);
}

TEST_P(Completions, EveryWordThatAKeyTakesIsOffered)
{
    static const std::regex kWord(R"re("([a-z]+)")re");
    for (const config::Row& row : config::schema()) {
        const std::string name(row.name);
        const std::string expected(row.expected);
        Words wanted;
        for (std::sregex_iterator word(expected.begin(), expected.end(), kWord), end; word != end; ++word)
            wanted.insert((*word)[1]);
        if (!row.is_value || wanted.empty())
            continue;
        for (const std::string& line : {"kashim run --set " + name + "=", "kashim run --set=" + name + "="}) {
            Words found = offered(line);
            EXPECT_TRUE(holds(found, wanted)) << line << ": " << testing::PrintToString(found);
            found.erase(name);  // fish offers the bare key along
            for (const std::string& word : found)
                EXPECT_TRUE(config::parse_options(name + "=" + word).good()) << name << "=" << word;
        }
    }
}

TEST_P(Completions, FilesAreOfferedWhereAFileIsAskedFor)
{
    write_file(folder_ / "rules.toml", "");
    EXPECT_EQ(offered("kashim run --config rul"), Words{"rules.toml"});
    EXPECT_EQ(offered("kashim run --config=rul"), Words{"rules.toml"});
    EXPECT_EQ(offered("kashim check rul"), Words{"rules.toml"});
}

TEST_P(Completions, ProgramsAreOfferedToRun)
{
    EXPECT_TRUE(offered("kashim run setpri").contains("setpriv"));
    EXPECT_TRUE(offered("kashim run --set idle=3 --json -- setpri").contains("setpriv"));
}

TEST_P(Completions, BehindTheProgramItsOwnCompletionIsAsked)
{
    for (const char* line : {"kashim run testprogram ", "kashim run --set idle=3 --config=x testprogram x ",
                             "kashim run --dry-run -- testprogram "})
        EXPECT_TRUE(holds(offered(line), {"alpha", "beta"})) << line;
    EXPECT_EQ(offered("kashim run testprogram --"), Words{"--alpha"});
    EXPECT_EQ(offered("kashim run -- testprogram be"), Words{"beta"});
}

TEST_P(Completions, ProcessesAreOfferedWhereAProcessIsAskedFor)
{
    const std::string pid = std::to_string(::getpid());
    for (const std::string& verb : verbs()) {
        const std::string text = help({verb});
        if (text.substr(0, text.find("\n\n")).find("PID") != std::string::npos) {
            EXPECT_TRUE(offered("kashim " + verb + " " + pid).contains(pid)) << verb;
        }
    }
}

TEST_P(Completions, EveryStateAndSystemThatIsOfferedIsTaken)
{
    Words states = offered("kashim show --state ");
    EXPECT_TRUE(holds(states, {"close-wait", "established"}));
    for (const std::string& state : states)
        EXPECT_TRUE(run({.arguments = {KASHIM_COMMAND, "show", "--state", state, std::to_string(::getpid())}}).ok())
            << state;
    const Words systems = offered("kashim explain --system ");
    EXPECT_FALSE(systems.empty());
    for (const std::string& system : systems)
        EXPECT_TRUE(run({.arguments = {KASHIM_COMMAND, "explain", "--system", system, "--inbound", ":1"}}).ok())
            << system;
}

TEST_P(Completions, DoctorAndGuardTakeAProgramWithItsArguments)
{
    EXPECT_TRUE(holds(offered("kashim doctor testprogram "), {"alpha", "beta"}));
    EXPECT_TRUE(offered("kashim doctor setpri").contains("setpriv"));
    EXPECT_TRUE(holds(offered("kashim guard --quiet -- testprogram "), {"alpha", "beta"}));
}

INSTANTIATE_TEST_SUITE_P(Shells, Completions,
                         testing::Values(Shell{"bash", {"bash", "--norc"}, "kashim.bash"},
                                         Shell{"zsh", {"zsh", "-f"}, "_kashim"},
                                         Shell{"fish", {"fish", "--no-config"}, "kashim.fish"}),
                         [](const auto& shell) { return shell.param.name; });

}  // namespace
}  // namespace kashim::test
