// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim doctor PID: the whole output, and beside it what the kernel says of that process.
#include "cli/doctor_support.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace kashim::test {
namespace {

namespace fs = std::filesystem;

class DoctorOfProcess : public Doctor {
protected:
    std::string first(const Waiting& waiting, const std::string& verdict, const std::string& program = "FOLDER/waits")
    {
        const std::string name = "PID " + waiting.number() + " (" + program + "): ";
        return name + "DEFAULTS\n" + name + verdict + "\n";
    }

    std::string not_loaded(const std::string& pid)
    {
        return "  not-loaded: the library is not loaded in it\n"
               "      -> start it anew with the library; until then \"kashim apply " +
               pid + "\" sets the sockets it has, and \"kashim guard " + pid + "\" those to come too\n";
    }

    std::string guard(const Waiting& waiting)
    {
        return "run \"kashim guard " + waiting.number() + "\", which needs no preload\n";
    }

    // Started with a script in a mount namespace of its own, where $0 is the folder. It must end in exec.
    Command in_mount_namespace(const std::string& script, std::vector<std::string> environment = {})
    {
        Command command =
            preloaded({"unshare", "-m", "sh", "-c", script, folder_.path().string()}, std::move(environment));
        command.environment.push_back("LD_PRELOAD=");
        return command;
    }

    const std::string loaded_ = "  loaded: the library FOLDER/lib/libkashim.so is loaded\n";
    const std::string program_ = built("waits", {"gcc"});
};

TEST_F(DoctorOfProcess, OneWithTheLibraryIsReached)
{
    const Waiting waiting(preloaded({program_}));
    EXPECT_EQ(truth_of(waiting.pid()), kReached);
    expect({{waiting.number()}}, 0, first(waiting, "reached") + loaded_);
}

TEST_F(DoctorOfProcess, OneThatNobodyAskedForTheLibraryIsNot)
{
    const Waiting waiting({.arguments = {program_}, .environment = {"HOME=" + at("home"), "XDG_CONFIG_HOME="}});
    EXPECT_EQ(truth_of(waiting.pid()), kNotReached);
    expect({{waiting.number()}}, 1,
           first(waiting, "not reached by a preload") + not_loaded(waiting.number()) +
               "  not-asked: nothing asked its loader for the library: LD_PRELOAD in its environment names none\n"
               "      -> start it with \"kashim run\" or with LD_PRELOAD set; of a service, by its drop-in\n");
}

TEST_F(DoctorOfProcess, OneWhoseEnvironmentWasClearedIsNot)
{
    const Waiting shell(preloaded({"/bin/sh", "-c", "env -i " + program_ + "; true"}));
    const pid_t pid = process_named(shell.pid(), "waits");
    ASSERT_NE(pid, 0);
    EXPECT_EQ(truth_of(pid), kNotReached);
    const std::string name = "PID " + std::to_string(pid) + " (FOLDER/waits): ";
    expect(
        {{std::to_string(pid)}}, 1,
        name + "DEFAULTS\n" + name + "not reached by a preload\n" + not_loaded(std::to_string(pid)) +
            "  cleared: its parent (PID " + shell.number() +
            ") has LD_PRELOAD=FOLDER/lib/libkashim.so, it has none: something in between cleared it (sudo, su -, env "
            "-i, a wrapper)\n"
            "      -> set LD_PRELOAD behind what clears it: sudo env LD_PRELOAD=... PROGRAM, env -i LD_PRELOAD=... "
            "PROGRAM\n");
}

TEST_F(DoctorOfProcess, OneWithTheSwitchThrownIsNot)
{
    const Waiting waiting(preloaded({program_}, {"KASHIM_DISABLE=yes"}));
    EXPECT_EQ(truth_of(waiting.pid()), kLoadedInVain);
    expect({{waiting.number()}}, 1,
           first(waiting, "not reached by a preload") +
               "  disabled: KASHIM_DISABLE=yes was set when it started: the library does nothing in it\n"
               "      -> start it anew without KASHIM_DISABLE, or " +
               guard(waiting) + loaded_);

    // As "kashim run" starts it: without LD_PRELOAD. To start it so once more would not help.
    const Waiting bare(
        {.arguments = {program_}, .environment = {"HOME=" + at("home"), "XDG_CONFIG_HOME=", "KASHIM_DISABLE=yes"}});
    EXPECT_EQ(truth_of(bare.pid()), kNotReached);
    expect({{bare.number()}}, 1,
           first(bare, "not reached by a preload") + not_loaded(bare.number()) +
               "  disabled: KASHIM_DISABLE=yes was set when it started: the library does nothing in it\n"
               "      -> start it anew without KASHIM_DISABLE, or " +
               guard(bare) +
               "  not-asked: nothing asked its loader for the library: LD_PRELOAD in its environment names none\n"
               "      -> start it with \"kashim run\" or with LD_PRELOAD set; of a service, by its drop-in\n");
}

TEST_F(DoctorOfProcess, OneWithALibraryThatWasReplacedHasTheOldOne)
{
    const Waiting waiting(preloaded({program_}));
    fs::copy_file(library(), at("lib/new.so"));
    fs::rename(at("lib/new.so"), library());
    EXPECT_EQ(truth_of(waiting.pid()), kReached);
    expect(
        {{waiting.number()}}, 0,
        first(waiting, "reached, with remarks") +
            "  replaced: the library FOLDER/lib/libkashim.so is loaded, but the file was replaced or removed since: an "
            "older version is at work\n"
            "      -> start it anew to get the present one\n");
}

TEST_F(DoctorOfProcess, AStaticOneIsNotWhateverItsEnvironmentSays)
{
    built("waits", {"gcc", "-static"});
    const Waiting waiting(preloaded({program_}));
    EXPECT_EQ(truth_of(waiting.pid()), kNotReached);
    expect({{waiting.number()}}, 1,
           first(waiting, "not reached by a preload") +
               "  static: it is statically linked: it has no loader that could preload anything\n      -> " +
               guard(waiting));
}

TEST_F(DoctorOfProcess, AGoProgramIsNotThoughTheLibraryIsLoaded)
{
    if (!fs::exists("/usr/bin/go"))
        GTEST_SKIP() << "skipped, because golang is not installed";
    must_run({"env", "CGO_ENABLED=1", "GO111MODULE=off", "GOCACHE=" KASHIM_BINARY_DIR "/go-cache", "go", "build", "-o",
              at("waits"), KASHIM_SOURCE_DIR "/tests/cli/programs/waits.go"});
    const Waiting waiting(preloaded({program_}));
    EXPECT_EQ(truth_of(waiting.pid()), kLoadedInVain);
    expect(
        {{waiting.number()}}, 1,
        first(waiting, "not reached by a preload") +
            "  go: it is built by Go and makes system calls without the C library: a preloaded library is loaded, but "
            "never asked (only what it calls in C is reached)\n      -> " +
            guard(waiting));
}

TEST_F(DoctorOfProcess, OneWithRightsOfItsOwnIsNot)
{
    KASHIM_NEEDS_ROOT();
    ASSERT_EQ(::chown(program_.c_str(), kNobody, 0), 0);
    ASSERT_EQ(::chmod(program_.c_str(), 04755), 0);
    const Waiting waiting(preloaded({program_}));
    EXPECT_EQ(truth_of(waiting.pid()), kNotReached);
    expect(
        {{waiting.number()}}, 1,
        first(waiting, "not reached by a preload") + not_loaded(waiting.number()) +
            "  secure: it was started with rights of its own (setuid, setgid or file capabilities): the loader ignored "
            "LD_PRELOAD\n"
            "      -> write the library's whole path into /etc/ld.so.preload, or " +
            guard(waiting));
}

TEST_F(DoctorOfProcess, OneOfAnotherWordSizeIsNot)
{
    if (!fs::exists("/usr/bin/i686-linux-gnu-gcc") || !fs::exists("/lib/ld-linux.so.2"))
        GTEST_SKIP() << "skipped, because g++-i686-linux-gnu or libc6-i386 is not installed";
    built("waits", {"i686-linux-gnu-gcc"});
    const Waiting waiting(preloaded({program_}));
    EXPECT_EQ(truth_of(waiting.pid()), kNotReached);
    expect(
        {{waiting.number()}}, 1,
        first(waiting, "not reached by a preload") + not_loaded(waiting.number()) +
            "  word-size: it is a program for i386, and the library FOLDER/lib/libkashim.so is for x86-64: its loader "
            "refuses it\n"
            "      -> install a library built for i386, or " +
            guard(waiting));
}

TEST_F(DoctorOfProcess, AScriptIsSeenAsItsInterpreterWithTheScriptsRules)
{
    script("app.sh", "#!/bin/sh\necho up\nread line\n");
    configuration("[[rule]]\nprogram = \"app.sh\"\nidle = 20\n");
    const Waiting waiting(preloaded({at("app.sh")}));
    const std::string shell = fs::canonical("/bin/sh");
    Result result = ask({{"--json", waiting.number()}});
    EXPECT_EQ(result.exit_code, 0) << result;
    const auto document = nlohmann::json::parse(result.out);
    EXPECT_EQ(document["pid"], waiting.pid());
    EXPECT_EQ(document["executable"], shell);
    EXPECT_EQ(document["script"], at("app.sh"));
    EXPECT_EQ(document["configuration"]["rules"], (nlohmann::json{{{"line", 1}, {"name", nullptr}}}));
}

TEST_F(DoctorOfProcess, ASystemCallFilterIsARemark)
{
    const Waiting waiting(preloaded({program_, "filter"}));
    EXPECT_EQ(truth_of(waiting.pid()), kReached);
    expect(
        {{waiting.number()}}, 0,
        first(waiting, "reached, with remarks") +
            "  seccomp: it has a system call filter (Seccomp: 2): if that kills on setsockopt, the program dies where "
            "kashim sets an option\n"
            "      -> if it does, leave it alone by a rule: keepalive = \"leave\"\n" +
            loaded_);
}

TEST_F(DoctorOfProcess, OfPhpTheExtensionsAreNamedThatItHasLoaded)
{
    const Php php = test::php();
    if (php.program.empty())
        GTEST_SKIP() << "skipped, because php-cli or php-curl is not installed";
    const Waiting waiting(preloaded({php.program, "-n", "-d", "extension=curl", "-r", "echo 'up'; fgets(STDIN);"}));
    EXPECT_TRUE(truth_of(waiting.pid()).loaded);
    expect({{waiting.number()}}, 0,
           first(waiting, "reached, with remarks", php.program) +
               "  php: PHP before 8.5 may load its extensions with RTLD_DEEPBIND, past every preloaded library: "
               "connections of PHP itself are reached, those of curl may not be (loaded in it)\n"
               "      -> \"kashim guard PID\" covers them; or use the extensions' own settings\n" +
               loaded_);
}

TEST_F(DoctorOfProcess, InItsOwnMountNamespaceALibraryMayBeMissing)
{
    KASHIM_NEEDS_ROOT();
    const Waiting waiting(
        in_mount_namespace("mount -t tmpfs tmpfs $0/lib && exec env LD_PRELOAD=$0/lib/libkashim.so $0/waits"));
    EXPECT_EQ(truth_of(waiting.pid()), kNotReached);
    expect({{waiting.number()}}, 1,
           first(waiting, "not reached by a preload") + not_loaded(waiting.number()) +
               "  library-missing: the library FOLDER/lib/libkashim.so does not exist, as that process sees the file "
               "system\n"
               "      -> put the library there, or " +
               guard(waiting));
}

TEST_F(DoctorOfProcess, InItsOwnMountNamespaceALibraryMayBeOnANoexecMount)
{
    KASHIM_NEEDS_ROOT();
    const Waiting waiting(
        in_mount_namespace("cp $0/lib/libkashim.so $0/copy.so && mount -t tmpfs -o noexec,mode=755 tmpfs "
                           "$0/lib && cp $0/copy.so $0/lib/libkashim.so && exec env "
                           "LD_PRELOAD=$0/lib/libkashim.so $0/waits"));
    EXPECT_EQ(truth_of(waiting.pid()), kNotReached);
    expect({{waiting.number()}}, 1,
           first(waiting, "not reached by a preload") + not_loaded(waiting.number()) +
               "  library-noexec: the library FOLDER/lib/libkashim.so is on a file system that is mounted noexec: the "
               "loader cannot map it\n"
               "      -> put the library on another file system, or " +
               guard(waiting));
}

TEST_F(DoctorOfProcess, BelowAnotherRootNothingOfOursIsTakenForItsOwn)
{
    KASHIM_NEEDS_ROOT();
    // The path is there as we see it, and is not below its root.
    fs::create_directory(folder_ / "jail");
    fs::copy_file(program_, folder_ / "jail/waits");
    must_run(
        {"cp", "-r", "--parents", "-L", "/lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu/libc.so.6", at("jail")});
    Command command = preloaded({"env", "LD_PRELOAD=" + library(), "chroot", at("jail"), "/waits"});
    command.environment.push_back("LD_PRELOAD=");
    const Waiting waiting(command);
    EXPECT_EQ(truth_of(waiting.pid()), kNotReached);
    expect({{waiting.number()}}, 1,
           first(waiting, "not reached by a preload", "/waits") + not_loaded(waiting.number()) +
               "  library-missing: the library FOLDER/lib/libkashim.so does not exist, as that process sees the file "
               "system\n"
               "      -> put the library there, or " +
               guard(waiting));
}

TEST_F(DoctorOfProcess, WhatItsUserMayNotReadDoesNotCount)
{
    KASHIM_NEEDS_ROOT();
    configuration("[defaults]\nidle = 20\n");
    fs::permissions(at("etc/kashim/kashim.toml"), fs::perms::owner_read);
    Command command = preloaded({program_});
    command.uid = kNobody;
    const Waiting waiting(command);
    EXPECT_EQ(truth_of(waiting.pid()), kReached);
    expect(
        {{waiting.number()}}, 0,
        first(waiting, "reached, with remarks") +
            "  configuration-unreadable: FOLDER/etc/kashim/kashim.toml may not be read by the user who runs it, so it "
            "counts as absent there\n"
            "      -> make it and the folders above it readable to everybody, or remove it\n" +
            loaded_);

    fs::permissions(at("lib"), fs::perms::owner_all);
    const Waiting without(command);
    EXPECT_EQ(truth_of(without.pid()), kNotReached);
    const Result result = ask({{without.number()}});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_NE(result.out.find("  library-unreadable: the library " + library() +
                              " may not be read by the user who runs it\n"),
              std::string::npos)
        << result;
}

TEST_F(DoctorOfProcess, ItsOwnVariablesChooseTheConfiguration)
{
    const std::string file = write_file(folder_ / "own.toml", "[[rule]]\nname = \"its own\"\nidle = 20\n");
    const Waiting waiting(preloaded({program_}, {"KASHIM_CONFIG=" + file}));
    const std::string name = "PID " + waiting.number() + " (FOLDER/waits): ";
    const std::string row =
        "  configuration: FOLDER/own.toml: of 1 rule 1 may decide about its connections: \"its own\" (line 1)\n";
    expect({{waiting.number()}}, 0, name + "reached\n" + loaded_ + row);
    const Waiting left(preloaded({program_}, {"KASHIM_CONFIG=" + file, "KASHIM_OPTIONS=keepalive=leave"}));
    EXPECT_EQ(truth_of(left.pid()), kLoadedInVain);
    const std::string left_name = "PID " + left.number() + " (FOLDER/waits): ";
    expect({{left.number()}}, 0,
           left_name + "left alone: KASHIM_OPTIONS says keepalive = \"leave\"\n" + left_name + "reached\n" + loaded_);

    // What was written since is not in force in it.
    write_file(file, "idel = 3\n");
    fs::last_write_time(file, fs::file_time_type::clock::now() + std::chrono::hours(1));
    expect({{waiting.number()}}, 1,
           name +
               "not reached by a preload\n"
               "  configuration-errors: FOLDER/own.toml has errors: nothing is in force in it\n"
               "      -> \"kashim check FOLDER/own.toml\" says what is wrong\n"
               "  configuration-newer: FOLDER/own.toml was written after it started: it has what was there then\n"
               "      -> start it anew, or \"kashim apply --override " +
               waiting.number() + "\"\n" + loaded_);
}

TEST_F(DoctorOfProcess, RelativePathsAreBelowItsWorkingFolder)
{
    configuration("");
    Command command = preloaded({program_}, {"KASHIM_CONFIG=etc/kashim/kashim.toml"});
    command.environment.push_back("LD_PRELOAD=./lib/libkashim.so");
    const Waiting waiting(command);
    EXPECT_EQ(truth_of(waiting.pid()), kReached);
    Question question{{waiting.number()}};
    question.directory = "/";
    const std::string name = "PID " + waiting.number() + " (FOLDER/waits): ";
    expect(question, 0,
           name +
               "no rule concerns it: every connection gets the built-in values (etc/kashim/kashim.toml has no "
               "[defaults])\n" +
               name + "reached\n" + loaded_);
    fs::remove(library());
    const Waiting without(command);
    const Result result = ask({.arguments = {without.number()}, .directory = "/"});
    EXPECT_NE(result.out.find("  library-missing: the library " + at("./lib/libkashim.so") + " does not exist"),
              std::string::npos)
        << result;
}

TEST_F(DoctorOfProcess, AnotherUsersIsNotLookedIntoAndThatIsSaid)
{
    KASHIM_NEEDS_ROOT();
    const Waiting waiting(preloaded({program_}));
    expect({.arguments = {waiting.number()}, .uid = kNobody}, 2,
           "PID " + waiting.number() +
               " (waits): unknown\n"
               "  denied: this user may not look into it: it belongs to uid 0\n"
               "      -> ask as root, or as that user\n");
    Command shut = preloaded({program_, "shut"});
    shut.uid = kNobody;
    const Waiting closed(shut);
    expect({.arguments = {closed.number()}, .uid = kNobody}, 2,
           "PID " + closed.number() +
               " (waits): unknown\n"
               "  denied: the kernel lets nobody but root look into it, because it has, or had, rights of its own\n"
               "      -> ask as root\n");
    EXPECT_EQ(ask({{closed.number()}}).exit_code, 0);
    // Root without the right, as in a container, must not be sent to root.
    const Result result = run({.arguments = {"setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace",
                                             at("bin/kashim"), "doctor", closed.number()}});
    EXPECT_EQ(result.out,
              "PID " + closed.number() +
                  " (waits): unknown\n"
                  "  denied: the kernel lets not even this root look into it: it has no CAP_SYS_PTRACE over it, or a "
                  "security module or a seccomp filter forbids it\n"
                  "      -> ask from outside of this container, or with CAP_SYS_PTRACE\n")
        << result;
}

TEST_F(DoctorOfProcess, OneThatIsNotThereOrHasEndedIsSaid)
{
    expect({{"2147483647"}}, 2,
           "PID 2147483647: unknown\n"
           "  gone: there is no process 2147483647, or no longer\n"
           "      -> a program of that name is given with a slash: ./2147483647\n");
    // A zombie: its parent sleeps.
    const Waiting shell({.arguments = {"/bin/sh", "-c", "sh -c 'echo $$; echo up; exit' & exec sleep 1000"}});
    const std::string pid = shell.process().out().substr(0, shell.process().out().find('\n'));
    ASSERT_TRUE(
        eventually([&] { return read_file("/proc/" + pid + "/status").find("State:\tZ") != std::string::npos; }));
    expect({{pid}}, 2,
           "PID " + pid +
               " (sh): unknown\n"
               "  gone: it has ended, and waits for its parent to take notice\n");
}

TEST_F(DoctorOfProcess, OneThatStartsOrEndsMeanwhileIsNeverCalledNotReached)
{
    for (int i = 0; i < 100; ++i) {
        Process process(preloaded({"/bin/true"}));
        const Result result = ask({{std::to_string(process.pid())}});
        EXPECT_EQ(result.signal, 0) << result;
        EXPECT_TRUE(result.exit_code == 0 || result.exit_code == 2) << result;
        EXPECT_EQ(result.err, "");
    }
}

// It looks like a process that has ended, but lives.
TEST_F(DoctorOfProcess, AProcessWhoseFirstThreadHasEndedIsNotCalledEnded)
{
    const Waiting waiting({.arguments = {"python3", "-c",
                                         "import ctypes, threading, time\n"
                                         "threading.Thread(target=time.sleep, args=(600,)).start()\n"
                                         "print('up', flush=True)\n"
                                         "ctypes.CDLL(None).pthread_exit(None)\n"},
                           .environment = {"PATH=/usr/bin:/bin"}});
    ASSERT_TRUE(waiting.up());
    const auto says_zombie = [&] {
        return read_file("/proc/" + waiting.number() + "/status").find("\nState:\tZ") != std::string::npos;
    };
    ASSERT_TRUE(eventually(says_zombie));
    const Result result = ask({{waiting.number()}});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.out,
              "PID " + waiting.number() +
                  " (python3): unknown\n  leaderless: its first thread has ended and others go on: the "
                  "kernel shows nothing of them under this number\n      -> ask about one of the numbers in "
                  "/proc/" +
                  waiting.number() + "/task\n");
}

}  // namespace
}  // namespace kashim::test
