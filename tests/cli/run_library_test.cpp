// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Which library kashim run gives to a program, and that it works there.
#include "cli/run_support.h"

#include "programs/loopback.h"
#include "support/prefix.h"
#include "support/values.h"

#include <unistd.h>

#include <filesystem>

namespace kashim::test {
namespace {

namespace fs = std::filesystem;

class RunLibrary : public Run {
protected:
    static std::vector<std::string> print(const std::string& variable)
    {
        return {"sh", "-c", "echo \"$" + variable + "\""};
    }

    Result run_of(const fs::path& kashim, std::vector<std::string> arguments,
                  std::vector<std::string> environment = {}) const
    {
        Command started = command(std::move(arguments), std::move(environment));
        started.arguments[0] = kashim;
        return run(started);
    }
};

/// A program with one connection, which it keeps.
std::vector<std::string> connects_to(std::uint16_t port)
{
    return {"bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/" + std::to_string(port) + "; exec sleep infinity"};
}

Values values_of_connection(const Command& command, std::uint16_t port)
{
    const Process process(command);
    EXPECT_TRUE(has_become(process, "sleep"));
    const std::optional<TcpSocket> socket = socket_connected_to(process.pid(), port);
    EXPECT_TRUE(socket.has_value());
    return socket ? socket->values : Values{};
}

TEST_F(RunLibrary, ItsRulesAreInForce)
{
    const Listener listener("127.0.0.1");
    const std::string rules = file("[defaults]\nidle = 11\ninterval = 12\ncount = 13\nuser_timeout = \"14s\"\n");
    const Command with = command(connects_to(listener.port()), {"KASHIM_CONFIG=" + rules});
    EXPECT_EQ(values_of_connection(with, listener.port()), (Values{1, 11, 12, 13, 14000}));
}

TEST_F(RunLibrary, WhatConfigAndSetSayIsInForce)
{
    const Listener listener("127.0.0.1");
    file("[[rule]]\nprogram = \"bash\"\nidle = 21\n");
    std::vector<std::string> arguments{"--config", "kashim.toml", "--set", "interval=22s", "--set=count=23"};
    for (const std::string& argument : connects_to(listener.port()))
        arguments.push_back(argument);
    const Command with = command(arguments, {"KASHIM_OPTIONS=count=99 user_timeout=24s"});
    EXPECT_EQ(values_of_connection(with, listener.port()), (Values{1, 21, 22, 23, 24000}));
}

TEST_F(RunLibrary, ConfigIsOfTheFolderInWhichItWasNamed)
{
    file("");
    EXPECT_EQ(kashim_run({"--config", "kashim.toml", "sh", "-c", "echo \"$KASHIM_CONFIG\""}).out,
              folder() + "/kashim.toml\n");
    EXPECT_EQ(kashim_run({"--config", folder() + "/kashim.toml", "sh", "-c", "echo \"$KASHIM_CONFIG\""}).out,
              folder() + "/kashim.toml\n");
}

TEST_F(RunLibrary, SetIsLaidOverTheVariable)
{
    EXPECT_EQ(kashim_run({"--set", "idle=3s", "--set", "app=cap", "sh", "-c", "echo \"$KASHIM_OPTIONS\""},
                         {"KASHIM_OPTIONS=idle=9s  count=4"})
                  .out,
              "count=4 idle=3s app=cap\n");
    EXPECT_EQ(kashim_run(print("KASHIM_OPTIONS"), {"KASHIM_OPTIONS=idle=9s  count=4"}).out, "idle=9s  count=4\n");
    EXPECT_EQ(kashim_run({"sh", "-c", "echo ${KASHIM_OPTIONS-unset}"}).out, "unset\n");
}

TEST_F(RunLibrary, InTheBuildFolderItIsTheOneBesideTheCommand)
{
    EXPECT_EQ(kashim_run(print("LD_PRELOAD")).out, KASHIM_LIBRARY "\n");
}

TEST_F(RunLibrary, TheCommandMayBeALink)
{
    fs::create_symlink(KASHIM_COMMAND, folder_ / "link");
    EXPECT_EQ(run_of(folder_ / "link", print("LD_PRELOAD")).out, KASHIM_LIBRARY "\n");
}

TEST_F(RunLibrary, LibrariesThatAreThereAlreadyAreKept)
{
    EXPECT_EQ(kashim_run(print("LD_PRELOAD"), {"LD_PRELOAD=libm.so.6 libc.so.6"}).out,
              KASHIM_LIBRARY ":libm.so.6:libc.so.6\n");
}

TEST_F(RunLibrary, ItIsThereOnceHoweverManyRunsThereAre)
{
    EXPECT_EQ(kashim_run({KASHIM_COMMAND, "run", "sh", "-c", "echo $LD_PRELOAD"}, {"LD_PRELOAD=libm.so.6"}).out,
              KASHIM_LIBRARY ":libm.so.6\n");
}

TEST_F(RunLibrary, BelowAnyPrefixItIsTheInstalledOneWithItsConfiguration)
{
    const Listener listener("127.0.0.1");
    KASHIM_NEEDS_USUAL_DIRECTORIES();
    ASSERT_TRUE(install(folder()).ok());
    write_file(folder_ / "etc/kashim/kashim.toml", "[defaults]\nidle = 31\n");
    EXPECT_EQ(run_of(folder_ / "bin/kashim", print("LD_PRELOAD")).out, folder() + "/lib/libkashim.so\n");

    Command with = command(connects_to(listener.port()), {"KASHIM_CONFIG="});
    with.arguments[0] = folder_ / "bin/kashim";
    EXPECT_EQ(values_of_connection(with, listener.port()), (Values{1, 31, 30, 5, 0}));
}

/// A /usr and an /etc of the test's own: installed into them, not into the host's. Gives what the shell says behind it.
Result installed_and(const fs::path& folder, const std::string& prefix, const std::string& configuration,
                     const std::string& then)
{
    const std::string script =
        "mkdir up && mount -t tmpfs tmpfs up && cd up && mkdir usr usr.work etc etc.work || exit 77\n"
        "for top in usr etc; do mount -t overlay overlay -o lowerdir=/$top,upperdir=$top,workdir=$top.work /$top ||"
        " exit 77; done\n"
        "DESTDIR= \"$0\" --install \"$1\" --prefix " +
        prefix + " >/dev/null && ";
    Command command{{"unshare", "-m", "sh", "-c", script + then, KASHIM_CMAKE, KASHIM_BINARY_DIR}};
    command.environment = {"KASHIM_CONFIG=" + configuration,
                           "PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"};
    command.directory = folder;
    return run(command);
}

TEST_F(RunLibrary, BelowUsrItIsTheBareNameThatTheLoaderFindsByItself)
{
    const Result result =
        installed_and(folder_.path(), "/usr", file(""),
                      "kashim run sh -c 'echo $LD_PRELOAD; grep -o \"/.*libkashim.so\" /proc/$$/maps' | sort -u");
    if (result.exit_code == 77)
        GTEST_SKIP() << "skipped, because overlays cannot be mounted here (root only)";
    EXPECT_EQ(result.out, "/usr/" KASHIM_LOADER_FOLDER "/libkashim.so\nlibkashim.so\n") << result;
}

// A path would be refused, with a message, by the programs of another word size that it starts.
TEST_F(RunLibrary, WhereTheLoadersCacheHasItItIsTheBareNameToo)
{
    const Result result =
        installed_and(folder_.path(), "/usr/local", file(""),
                      "kashim run sh -c 'echo $LD_PRELOAD' && mount -t tmpfs tmpfs /var/cache/ldconfig && ldconfig && "
                      "kashim run sh -c 'echo $LD_PRELOAD; grep -o \"/.*libkashim.so\" /proc/$$/maps' | sort -u");
    if (result.exit_code == 77)
        GTEST_SKIP() << "skipped, because overlays cannot be mounted here (root only)";
    EXPECT_EQ(result.out, "/usr/local/lib/libkashim.so\n/usr/local/lib/libkashim.so\nlibkashim.so\n") << result;
}

// By the bare name it would not be loaded, and the program run without kashim.
TEST_F(RunLibrary, WhereTheLoaderDoesNotLookItIsTheWholePath)
{
    if (std::string_view(KASHIM_LOADER_FOLDER) == "lib64")
        GTEST_SKIP() << "skipped, because the loader looks in lib64 here";
    const std::string moves = "mkdir -p /usr/lib64 && mv /usr/bin/kashim /usr/" KASHIM_LOADER_FOLDER
                              "/libkashim.so /usr/lib64/ && /usr/lib64/kashim run sh -c 'echo $LD_PRELOAD'";
    const Result result = installed_and(folder_.path(), "/usr", file(""), moves);
    if (result.exit_code == 77)
        GTEST_SKIP() << "skipped, because overlays cannot be mounted here (root only)";
    EXPECT_EQ(result.out, "/usr/lib64/libkashim.so\n");
    EXPECT_EQ(result.err, "");
}

// The library is for every C library, but not every loader looks in the folders of this system's.
TEST_F(RunLibrary, WhereTheProgramsOwnLoaderDoesNotLookItIsTheWholePath)
{
    const std::string program = KASHIM_BINARY_DIR "/tests/preload/programs-musl/steps";
    if (!fs::exists(program))
        GTEST_SKIP() << "skipped, because there is no musl-gcc (Debian: musl-tools)";
    const Result result = installed_and(folder_.path(), "/usr", file("[defaults]\nidle = 33\n"),
                                        "kashim run " + program + " quiet 'tcp a' 'show a'");
    if (result.exit_code == 77)
        GTEST_SKIP() << "skipped, because overlays cannot be mounted here (root only)";
    EXPECT_EQ(result.out, "values a: keepalive=1 idle=33 interval=30 count=5 user_timeout=0\n");
    EXPECT_EQ(result.err, "");
}

TEST_F(RunLibrary, AFolderWithABlankOrAColonCannotBePreloadedFrom)
{
    KASHIM_NEEDS_USUAL_DIRECTORIES();
    for (const char* name : {"with blank", "with:colon"}) {
        const fs::path prefix = folder_ / name;
        ASSERT_TRUE(install(prefix).ok());
        const Result result = run_of(prefix / "bin/kashim", {"echo", "started"});
        EXPECT_EQ(result.exit_code, 125);
        EXPECT_EQ(result.out, "");
        EXPECT_EQ(result.err, "kashim run: the library " + prefix.string() +
                                  "/lib/libkashim.so cannot be preloaded: the loader takes a blank or a colon for the "
                                  "end of its name; install kashim where no folder has one\n");
    }
}

TEST_F(RunLibrary, AMissingLibraryIsSaidAndWhereItWasLookedFor)
{
    fs::create_directory(folder_ / "bin");
    fs::copy_file(KASHIM_COMMAND, folder_ / "bin/kashim");
    const Result result = run_of(folder_ / "bin/kashim", {"echo", "started"});
    EXPECT_EQ(result.exit_code, 125);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, "kashim run: the library is missing; looked for " + folder() + "/lib/libkashim.so and " +
                              folder() + "/bin/libkashim.so; install kashim again\n");
}

TEST_F(RunLibrary, AMissingLibraryIsNoObstacleToAProgramThatIsGuarded)
{
    if (!fs::exists("/bin/busybox"))
        GTEST_SKIP() << "skipped, because busybox-static is not installed";
    fs::create_directory(folder_ / "bin");
    fs::copy_file(KASHIM_COMMAND, folder_ / "bin/kashim");
    const Result result = run_of(folder_ / "bin/kashim", {"/bin/busybox", "sh", "-c", "echo ${LD_PRELOAD-unset}"});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.out, "unset\n");
    EXPECT_EQ(result.err,
              "kashim run: /bin/busybox cannot be preloaded and is guarded instead: it is statically linked: "
              "it has no loader that could preload anything\n");
}

TEST_F(RunLibrary, ALibraryThatMayNotBeReadIsSaid)
{
    if (::getuid() != 0)
        GTEST_SKIP() << "skipped, because only root can become somebody else";
    KASHIM_NEEDS_USUAL_DIRECTORIES();
    ASSERT_TRUE(install(folder()).ok());
    fs::permissions(folder_ / "lib/libkashim.so", fs::perms::owner_read);
    Command other = command({"echo", "started"});
    other.arguments[0] = folder_ / "bin/kashim";
    other.uid = 65534;
    const Result result = run(other);
    EXPECT_EQ(result.exit_code, 125);
    EXPECT_EQ(result.err,
              "kashim run: the library " + folder() + "/lib/libkashim.so cannot be read: Permission denied\n");
}

TEST_F(RunLibrary, SwitchedOffNothingIsChangedAndNothingCanBeInTheWay)
{
    const std::string broken = file("idel = 3\n");
    const Result result =
        kashim_run({"--set", "nonsense", "sh", "-c", "echo ${LD_PRELOAD-unset} ${KASHIM_OPTIONS-unset}"},
                   {"KASHIM_DISABLE=1", "KASHIM_CONFIG=" + broken});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.out, "unset unset\n");
    EXPECT_EQ(result.err, "");
}

}  // namespace
}  // namespace kashim::test
