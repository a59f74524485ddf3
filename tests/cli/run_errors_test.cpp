// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What kashim run says and how it ends where it cannot do what it is asked for.
#include "cli/run_support.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace kashim::test {
namespace {

namespace fs = std::filesystem;

class RunErrors : public Run {
protected:
    std::string script(std::string_view name, std::string_view text) const
    {
        const std::string path = write_file(folder_ / name, text);
        fs::permissions(path, fs::perms::owner_all | fs::perms::others_exec | fs::perms::others_read);
        return path;
    }

    void expect(const Result& result, int status, const std::string& err) const
    {
        EXPECT_EQ(result.exit_code, status) << result;
        EXPECT_EQ(result.out, "");
        EXPECT_EQ(result.err, err);
    }
};

TEST_F(RunErrors, WithoutAProgramThereIsNothingToRun)
{
    const std::string why = "kashim run: name a program: kashim run PROGRAM\nsee: kashim run --help\n";
    expect(kashim_run({}), 125, why);
    expect(kashim_run({"--"}), 125, why);
    expect(kashim_run({"--set", "idle=3"}), 125, why);
}

TEST_F(RunErrors, WrongUsageIsAFailureOfKashim)
{
    expect(kashim_run({"--sett", "idle=3", "true"}), 125,
           "kashim run: unknown option \"--sett\"; did you mean \"--set\"?\nsee: kashim run --help\n");
    expect(kashim_run({"--set"}), 125, "kashim run: --set needs a value: --set KEY=VALUE\nsee: kashim run --help\n");
    expect(kashim_run({"--config", "a", "--config", "b", "true"}), 125,
           "kashim run: --config may be given only once\nsee: kashim run --help\n");
    expect(kashim_run({"--config", "", "true"}), 125,
           "kashim run: --config: it names no file\nsee: kashim run --help\n");
    expect(kashim_run({"--json", "true"}), 125, "kashim run: --json requires --dry-run\nsee: kashim run --help\n");
}

TEST_F(RunErrors, AProgramThatIsNowhereIsNotFound)
{
    expect(kashim_run({"nosuchprogram"}), 127, "kashim run: nosuchprogram is in no folder of PATH\n");
    expect(kashim_run({"./nosuchprogram"}), 127, "kashim run: ./nosuchprogram does not exist\n");
    expect(kashim_run({"/etc/passwd/x"}), 127, "kashim run: /etc/passwd/x does not exist\n");
    expect(kashim_run({""}), 127, "kashim run: the name of the program is empty\n");
    expect(kashim_run({"true"}, {"PATH="}), 127, "kashim run: true is in no folder of PATH\n");
}

TEST_F(RunErrors, AProgramThatIsThereButCannotBeExecutedIsAnotherThing)
{
    file("no program");
    expect(kashim_run({"./kashim.toml"}), 126, "kashim run: ./kashim.toml may not be executed by this user\n");
    expect(kashim_run({"./"}), 126, "kashim run: ./ is a folder\n");
    expect(kashim_run({"/dev/null"}), 126, "kashim run: /dev/null is not a regular file\n");
    expect(kashim_run({script("lost", "#!/nosuch/interpreter\n")}), 126,
           "kashim run: the interpreter of " + folder() + "/lost is /nosuch/interpreter, which does not exist\n");
    expect(kashim_run({script("dos", "#!/bin/sh\r\n")}), 126,
           "kashim run: the first line of " + folder() +
               "/dos ends with a carriage return, which counts as part of the interpreter's name\n");
    expect(kashim_run({script("denied", "#!/etc/passwd\n")}), 126,
           "kashim run: the interpreter of " + folder() +
               "/denied is /etc/passwd, which may not be executed by this user\n");
}

TEST_F(RunErrors, AProgramWhoseLoaderIsMissingSaysWhich)
{
    // true(1), with the name of its loader written over.
    std::string program = read_file("/bin/true");
    const std::string loader = "/lib64/ld-linux-x86-64.so.2";
    const auto at = program.find(loader);
    if (at == std::string::npos)
        GTEST_SKIP() << "skipped, because the loader has another name here";
    program.replace(at, loader.size(), "/lib64/ld-nosuch-x86-64.so2");
    expect(kashim_run({script("strange", program)}), 126,
           "kashim run: " + folder() +
               "/strange needs the program loader /lib64/ld-nosuch-x86-64.so2, which does not "
               "exist\n");
}

TEST_F(RunErrors, AFileSystemThatIsMountedNoexecIsNamed)
{
    Command command = this->command({"./mount/program"});
    fs::create_directory(folder_ / "mount");
    command.arguments.insert(command.arguments.begin(),
                             {"unshare", "-m", "sh", "-ec",
                              "mount -t tmpfs -o noexec tmpfs mount; cp /bin/true mount/program; exec \"$@\"", "sh"});
    const Result result = run(command);
    if (result.err.find("unshare: ") == 0)
        GTEST_SKIP() << "skipped, because file systems cannot be mounted here (root only)";
    expect(result, 126, "kashim run: ./mount/program is on a file system that is mounted noexec\n");
}

TEST_F(RunErrors, ATextWithoutAnInterpreterIsForTheShellAsWithExecvp)
{
    const Result result = kashim_run({script("text", "echo \"$0 $1\"\n"), "a"});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.out, folder() + "/text a\n");
}

TEST_F(RunErrors, PathIsSearchedAsExecvpDoes)
{
    for (const char* name : {"first", "second", "third"})
        fs::create_directory(folder_ / name);
    write_file(folder_ / "first/hello", "not executable");
    script("second/hello", "#!/nosuch/interpreter\n");
    script("third/hello", "#!/bin/sh\necho third \"$0\"\n");
    EXPECT_EQ(kashim_run({"hello"}, {"PATH=first:second::third"}).out, "third third/hello\n");
    script("hello", "#!/bin/sh\necho here\n");
    EXPECT_EQ(kashim_run({"hello"}, {"PATH=first:second::third"}).out, "here\n");
    expect(kashim_run({"hello"}, {"PATH=" + folder() + "/first"}), 126,
           "kashim run: " + folder() + "/first/hello may not be executed by this user\n");
}

TEST_F(RunErrors, AnErrorInTheConfigurationStopsItAndIsShownAsByCheck)
{
    const std::string path = file("[defaults]\nidel = 20\ncount = 0\n");
    const std::string err = path +
                            ":2:1: error: unknown key \"idel\" in [defaults]; did you mean \"idle\"?\n"
                            "    2 | idel = 20\n"
                            "      | ^\n" +
                            path +
                            ":3:9: error: count must be a whole number from 1 to 127, not 0\n"
                            "    3 | count = 0\n"
                            "      |         ^\n"
                            "kashim run: \"echo\" is not started with such a configuration\n";
    expect(kashim_run({"echo", "started"}, {"KASHIM_CONFIG=" + path}), 125, err);
    expect(kashim_run({"--config", path, "echo", "started"}), 125, err);
}

TEST_F(RunErrors, AnErrorInSetStopsItToo)
{
    expect(kashim_run({"--set", "idle=3s", "--set", "idel=3", "echo", "started"}), 125,
           "--set:1:9: error: unknown key \"idel\" in these options; did you mean \"idle\"?\n"
           "    1 | idle=3s idel=3\n"
           "      |         ^\n"
           "kashim run: \"echo\" is not started with such a configuration\n");
}

TEST_F(RunErrors, AFileThatIsNotThereStopsItToo)
{
    expect(kashim_run({"--config", "nosuch.toml", "echo", "started"}), 125,
           "nosuch.toml: error: it does not exist\n"
           "kashim run: \"echo\" is not started with such a configuration\n");
}

TEST_F(RunErrors, WarningsAreNotSaid)
{
    const std::string path = file("[[rule]]\npeer = \"10.0.0.1/8\"\nuser_timeout = \"3s\"\n");
    const Result result = kashim_run({"echo", "started"}, {"KASHIM_CONFIG=" + path});
    EXPECT_EQ(result.out, "started\n");
    EXPECT_EQ(result.err, "");
}

TEST_F(RunErrors, TheExitStatusIsTheSameWhereNobodyReadsTheMessage)
{
    const auto status_of = [this](std::vector<std::string> arguments) {
        Command quiet = command(std::move(arguments));
        quiet.before_exec = [] {
            for (int fd = 0; fd < 3; ++fd)
                ::close(fd);
        };
        return run(quiet).exit_code;
    };
    EXPECT_EQ(status_of({}), 125);
    EXPECT_EQ(status_of({"--nosuch"}), 125);
    EXPECT_EQ(status_of({"--set", "idel=3", "true"}), 125);
    EXPECT_EQ(status_of({"nosuchprogram"}), 127);
    EXPECT_EQ(status_of({"./"}), 126);
}

}  // namespace
}  // namespace kashim::test
