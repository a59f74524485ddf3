// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim doctor PROGRAM where the program has rights of its own, or its mount takes some away.
#include "cli/doctor_support.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace kashim::test {
namespace {

namespace fs = std::filesystem;

TEST_F(Doctor, ASetuidProgramIsReachedByItsOwnerAlone)
{
    KASHIM_NEEDS_ROOT();
    const std::string program = built("waits", {"gcc"});
    ASSERT_EQ(::chmod(program.c_str(), 04755), 0);
    EXPECT_EQ(truth({program}, kNobody), kNotReached);
    expect({.arguments = {program}, .uid = kNobody}, 1,
           first("FOLDER/waits", "not reached by a preload") +
               "  setuid: it is setuid root: the loader ignores LD_PRELOAD in it\n"
               "      -> write the library's whole path into /etc/ld.so.preload, or " +
               kGuard);
    const std::string reached =
        first("FOLDER/waits", "reached, with remarks") +
        "  setuid: it is setuid root: started by root it is reached, by most others not, because the loader ignores "
        "LD_PRELOAD where a program gives rights\n"
        "      -> for the others write the library's whole path into /etc/ld.so.preload\n" +
        kPreload;
    EXPECT_EQ(truth({program}), kReached);
    expect({{program}}, 0, reached);

    // To another user than root it is as closed to root.
    ASSERT_EQ(::chown(program.c_str(), kNobody, 0), 0);
    ASSERT_EQ(::chmod(program.c_str(), 04755), 0);
    EXPECT_EQ(truth({program}), kNotReached);
    EXPECT_EQ(ask({{program}}).exit_code, 1);
    EXPECT_EQ(truth({program}, kNobody), kReached);
    EXPECT_EQ(ask({.arguments = {program}, .uid = kNobody}).exit_code, 0);
}

TEST_F(Doctor, ASetgidProgramIsNotUnlessTheBitMeansLocking)
{
    KASHIM_NEEDS_ROOT();
    const std::string program = built("waits", {"gcc"});
    ASSERT_EQ(::chown(program.c_str(), 0, kNobody), 0);
    ASSERT_EQ(::chmod(program.c_str(), 02755), 0);
    EXPECT_EQ(truth({program}), kNotReached);
    expect({{program}}, 1,
           first("FOLDER/waits", "not reached by a preload") +
               "  setgid: it is setgid nogroup: the loader ignores LD_PRELOAD in it\n"
               "      -> write the library's whole path into /etc/ld.so.preload, or " +
               kGuard);
    ASSERT_EQ(::chmod(program.c_str(), 02745), 0);
    EXPECT_EQ(truth({program}), kReached);
    expect({{program}}, 0, first("FOLDER/waits", "reached") + kPreload);
}

TEST_F(Doctor, AProgramWithFileCapabilitiesIsNot)
{
    KASHIM_NEEDS_ROOT();
    KASHIM_NEEDS_FILE("/usr/sbin/setcap");
    const std::string program = built("waits", {"gcc"});
    for (const char* capabilities : {"cap_net_raw+ep", "cap_net_raw+p", "cap_net_raw+i"}) {
        must_run({"setcap", capabilities, program});
        const bool gains = std::string_view(capabilities).ends_with("p");
        // The inheritable set alone gives nothing.
        EXPECT_EQ(truth({program}, kNobody), gains ? kNotReached : kReached) << capabilities;
        expect({.arguments = {program}, .uid = kNobody}, gains ? 1 : 0,
               gains ? first("FOLDER/waits", "not reached by a preload") +
                           "  capabilities: it has file capabilities: the loader ignores LD_PRELOAD in it\n"
                           "      -> write the library's whole path into /etc/ld.so.preload, or " +
                           kGuard
                     : first("FOLDER/waits", "reached") + kPreload);
        EXPECT_EQ(truth({program}), kReached) << "by root, " << capabilities;
        EXPECT_EQ(ask({{program}}).exit_code, 0);
    }
}

TEST_F(Doctor, SudoItselfIsNotReachedByOthersAndTakesThePreloadAway)
{
    KASHIM_NEEDS_ROOT();
    KASHIM_NEEDS_FILE("/usr/bin/sudo");
    // -S asks for the password on standard input, and so waits.
    Command command = preloaded({"/usr/bin/sudo", "-kS", "-p", "up", "true"});
    command.uid = kNobody;
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    command.descriptors = {{ends[0], 0}};
    Process process(command);
    ASSERT_TRUE(eventually([&] { return process.err().find("up") != std::string::npos || !process.running(); }));
    EXPECT_FALSE(truth_of(process.pid()).loaded);
    ::close(ends[0]);
    ::close(ends[1]);
    const std::string clears =
        "  clears: what sudo starts does not get LD_PRELOAD: sudo takes it away\n"
        "      -> put it behind sudo: sudo kashim run PROGRAM, or sudo env LD_PRELOAD=... PROGRAM\n";
    expect({.arguments = {"sudo"}, .uid = kNobody}, 1,
           first("/usr/bin/sudo", "not reached by a preload") +
               "  setuid: it is setuid root: the loader ignores LD_PRELOAD in it\n"
               "      -> write the library's whole path into /etc/ld.so.preload, or " +
               kGuard + clears);

    const std::string program = built("waits", {"gcc"});
    const auto below_sudo = [this](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"/usr/bin/sudo", "-n"});
        Waiting waiting(preloaded(std::move(arguments)));
        return truth_of(process_named(waiting.pid(), "waits"));
    };
    EXPECT_EQ(below_sudo({program}), kNotReached);
    EXPECT_EQ(below_sudo({"env", "LD_PRELOAD=" + library(), program}), kReached);
}

TEST_F(Doctor, BothLawsOfAMountAreKnownNosuidAndNoexec)
{
    KASHIM_NEEDS_ROOT();
    const std::string program = built("waits", {"gcc"});
    fs::create_directory(folder_ / "mount");
    // Within a mount namespace of its own, the question and the truth.
    const std::string in_mount =
        "mount -t tmpfs -o $1,mode=755 tmpfs $0/mount && cp $0/waits $0/lib/libkashim.so $0/mount && "
        "chmod 4755 $0/mount/waits && ";
    const auto within = [&](const std::string& option, const std::string& command) {
        return run({.arguments = {"unshare", "-m", "sh", "-c", in_mount + command, folder_.path().string(), option}});
    };
    Result result = within("nosuid", "setpriv --reuid 65534 --clear-groups $0/bin/kashim doctor $0/mount/waits");
    EXPECT_EQ(result.exit_code, 0) << result;
    result = within("suid", "setpriv --reuid 65534 --clear-groups $0/bin/kashim doctor $0/mount/waits");
    EXPECT_EQ(result.exit_code, 1) << result;
    EXPECT_NE(result.out.find("  setuid: it is setuid root"), std::string::npos) << result;
    const std::string secure = "setpriv --reuid 65534 --clear-groups env LD_SHOW_AUXV=1 $0/mount/waits </dev/null";
    EXPECT_NE(within("nosuid", secure).out.find("AT_SECURE:            0\n"), std::string::npos);
    EXPECT_EQ(within("suid", secure).out, "up\n") << "a secure program shows nothing";

    result = within("noexec", "$0/bin/kashim doctor $0/mount/waits");
    EXPECT_EQ(result.exit_code, 2) << result;
    EXPECT_NE(
        result.out.find("  not-executable: " + at("mount/waits") + " is on a file system that is mounted noexec\n"),
        std::string::npos)
        << result;
    EXPECT_NE(within("noexec", "$0/mount/waits").err.find("ermission denied"), std::string::npos);

    result = within("noexec", "mount --bind $0/mount $0/lib && $0/bin/kashim doctor $0/waits");
    EXPECT_EQ(result.exit_code, 1) << result;
    EXPECT_NE(result.out.find("  library-noexec: the library " + library() +
                              " is on a file system that is mounted noexec: the loader cannot map it\n"),
              std::string::npos)
        << result;
    result = within("noexec", "mount --bind $0/mount $0/lib && LD_PRELOAD=$0/lib/libkashim.so $0/waits </dev/null");
    EXPECT_NE(result.err.find("cannot be preloaded (failed to map segment from shared object)"), std::string::npos)
        << result;
}

TEST_F(Doctor, WhatStandsInLdSoPreloadIsLoadedIntoSetuidProgramsToo)
{
    KASHIM_NEEDS_ROOT();
    const std::string program = built("waits", {"gcc"});
    ASSERT_EQ(::chmod(program.c_str(), 04755), 0);
    // An overlay over /etc: the file may be missing there.
    const std::string mounts =
        "mount -t tmpfs tmpfs $0/etc && mkdir $0/etc/up $0/etc/work && chmod 755 $0/etc/up && "
        "echo $0/lib/libkashim.so >$0/etc/up/ld.so.preload && "
        "mount -t overlay overlay -o lowerdir=/etc,upperdir=$0/etc/up,workdir=$0/etc/work /etc && ";
    const auto in_namespace = [&](const std::string& command) {
        return Command{.arguments = {"unshare", "-m", "sh", "-c", mounts + command, folder_.path().string()}};
    };
    const Result result = run(in_namespace("setpriv --reuid 65534 --clear-groups $0/bin/kashim doctor $0/waits"));
    EXPECT_EQ(result.exit_code, 0) << result;
    EXPECT_NE(result.out.find("  setuid: it is setuid root: the loader ignores LD_PRELOAD in it, and kashim every "
                              "variable; /etc/ld.so.preload and the system's configuration count\n"),
              std::string::npos)
        << result;
    EXPECT_NE(result.out.find("  ld-so-preload: /etc/ld.so.preload holds " + library() +
                              ": it is loaded into this program without LD_PRELOAD\n"),
              std::string::npos)
        << result;
    const Waiting waiting(in_namespace("exec setpriv --reuid 65534 --clear-groups $0/waits"));
    EXPECT_EQ(truth_of(waiting.pid()), kReached);
}

}  // namespace
}  // namespace kashim::test
