// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim check, as a user meets it: its whole output and its exit status.
#include "support/process.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

namespace kashim::test {
namespace {

class Check : public testing::Test {
protected:
    Result kashim(std::vector<std::string> arguments, std::vector<std::string> environment = {}) const
    {
        arguments.insert(arguments.begin(), KASHIM_COMMAND);
        Command command{std::move(arguments), std::move(environment)};
        command.directory = folder_.path();
        return run(command);
    }

    std::string file(std::string_view text) const { return write_file(folder_ / "kashim.toml", text); }
    std::string folder() const { return folder_.path().string(); }

private:
    TempDir folder_;
};

void expect(const Result& result, int status, const std::string& out)
{
    EXPECT_EQ(result.exit_code, status) << result;
    EXPECT_EQ(result.out, out);
    EXPECT_EQ(result.err, "");
}

TEST_F(Check, AGoodFileIsCalledGood)
{
    const std::string path = file("[defaults]\nidle = 20\n");
    expect(kashim({"check", path}), 0, path + ": good, warnings: 0\n");
}

TEST_F(Check, EveryErrorIsPrintedInTheOrderOfTheFile)
{
    const std::string path = file("[defaults]\nidel = 20\ncount = 0\n\n[[rule]]\nport = \"http\"\n");
    expect(kashim({"check", path}), 1,
           path + ":2:1: error: unknown key \"idel\" in [defaults]; did you mean \"idle\"?\n" + path +
               ":3:9: error: count must be a whole number from 1 to 127, not 0\n" + path +
               ":6:8: error: port must be a port from 1 to 65535, a range such as \"6000-6010\", or a list of them, not "
               "\"http\"; service names are not looked up\n" +
               path + ": errors: 3, warnings: 0; programs would run without kashim\n");
}

TEST_F(Check, WarningsDoNotSpoilAFile)
{
    const std::string path = file("[[rule]]\npeer = \"10.0.0.1/8\"\nidle = 20\n");
    expect(kashim({"check", path}), 0,
           path + ":2:8: warning: peer \"10.0.0.1/8\" has bits set behind its prefix; it means \"10.0.0.0/8\"\n" + path +
               ": good, warnings: 1\n");
}

TEST_F(Check, AFileThatIsNotThereIsSaid)
{
    expect(kashim({"check", "none.toml"}), 2, "none.toml: error: it does not exist\n");
}

TEST_F(Check, AFolderIsNoFile)
{
    expect(kashim({"check", folder()}), 2, folder() + ": error: it is not a regular file; a configuration must be one\n");
}

TEST_F(Check, WithoutANameTheFileOfTheEnvironmentIsChecked)
{
    const std::string path = file("");
    expect(kashim({"check"}, {"KASHIM_CONFIG=" + path}), 0, path + ": good, warnings: 0\n");
}

TEST_F(Check, TheFileOfTheEnvironmentMustBeThere)
{
    expect(kashim({"check"}, {"KASHIM_CONFIG=" + folder() + "/none.toml"}), 2,
           folder() + "/none.toml: error: KASHIM_CONFIG names this file, but it does not exist; create it, or unset "
                      "KASHIM_CONFIG\n");
}

TEST_F(Check, TheVariableOverTheFileIsCheckedAlong)
{
    const std::string path = file("");
    expect(kashim({"check"}, {"KASHIM_CONFIG=" + path, "KASHIM_OPTIONS=idel=3"}), 1,
           path + ": good, warnings: 0\n"
                  "KASHIM_OPTIONS:1:1: error: unknown key \"idel\" in these options; did you mean \"idle\"?\n"
                  "KASHIM_OPTIONS: errors: 1, warnings: 0; programs would run without kashim\n");
}

TEST_F(Check, AFileThatOtherUsersMayNotReadIsAWarningForRoot)
{
    if (::getuid() != 0)
        GTEST_SKIP() << "skipped, because only root's files are everybody's";
    const std::string path = file("");
    std::filesystem::permissions(path, std::filesystem::perms::owner_read);
    expect(kashim({"check", path}), 0,
           path + ": warning: other users may not read " + path +
               ": this file is not in force in their programs\n" + path + ": good, warnings: 1\n");
}

TEST_F(Check, VersionAndHelpAreAnswered)
{
    EXPECT_EQ(kashim({"--version"}).out, "kashim 0.1.0\n");
    const Result help = kashim({"check", "--help"});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_NE(help.out.find("Exit status: 0 good (there may be warnings), 1 errors, 2 the file cannot be read, or wrong usage."),
              std::string::npos)
        << help;
}

TEST_F(Check, AnUnknownVerbIsAnErrorOfUse)
{
    const Result result = kashim({"chekc"});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_NE(result.err, "");
}

}  // namespace
}  // namespace kashim::test
