// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim doctor PROGRAM on real programs of every kind: its whole output, and beside each "reached" and "not reached" the
// truth: the program is run with the library in LD_PRELOAD, and the kernel says what is mapped and what its socket has.
#include "cli/doctor_support.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace kashim::test {
namespace {

namespace fs = std::filesystem;

constexpr uid_t kNobody = 65534;

#define KASHIM_NEEDS_FILE(path) \
    if (!fs::exists(path))      \
    GTEST_SKIP() << "skipped, because " << (path) << " is not installed"

const std::string kGuard = "start it, then run \"kashim guard PID\", which needs no preload\n";
const std::string kPreload = "  preload: LD_PRELOAD=FOLDER/lib/libkashim.so loads the library into it\n"
                             "      -> \"kashim run\" sets that\n";
const std::string kScript = "      -> what a script starts is a program of its own: ask about that too\n";
const std::string kStatic = "  static: it is statically linked: it has no loader that could preload anything\n"
                            "      -> " + kGuard;

std::string first(const std::string& name, const std::string& verdict)
{
    return name + ": DEFAULTS\n" + name + ": " + verdict + "\n";
}

TEST_F(Doctor, AnOrdinaryProgramIsReached)
{
    const std::string program = built("waits", {"gcc"});
    EXPECT_EQ(truth({program}), kReached);
    expect({{program}}, 0, first("FOLDER/waits", "reached") + kPreload);
}

TEST_F(Doctor, AStaticProgramIsNotPositionIndependentOrNot)
{
    for (const char* flag : {"-static", "-static-pie"}) {
        const std::string program = built("waits", {"gcc", flag});
        EXPECT_EQ(truth({program}), kNotReached) << flag;
        expect({{program}}, 1, first("FOLDER/waits", "not reached by a preload") + kStatic);
    }
}

TEST_F(Doctor, DebiansStaticBusyboxIsNot)
{
    KASHIM_NEEDS_FILE("/bin/busybox");
    EXPECT_EQ(truth({"/bin/busybox", "sh", "-c", "echo up; read line"}), kNotReached);
    expect({{"busybox"}}, 1, first("/usr/bin/busybox", "not reached by a preload") + kStatic);
}

TEST_F(Doctor, AGoProgramIsNotWhetherItIsStaticOrNot)
{
    KASHIM_NEEDS_FILE("/usr/bin/go");
    const auto go = [this](const std::string& cgo, const std::string& flags) {
        must_run({"env", "CGO_ENABLED=" + cgo, "GO111MODULE=off", "GOCACHE=" KASHIM_BINARY_DIR "/go-cache", "go",
                  "build", "-ldflags=" + flags, "-o", at("waits"), KASHIM_SOURCE_DIR "/tests/cli/programs/waits.go"});
    };
    for (const char* flags : {"", "-s -w"}) {
        go("0", flags);
        EXPECT_EQ(truth({at("waits")}), kNotReached);
        expect({{at("waits")}}, 1,
               first("FOLDER/waits", "not reached by a preload") +
                   "  go: it is built by Go and statically linked: it makes system calls without the C library, and has "
                   "no loader that could preload anything\n      -> " + kGuard);
        go("1", flags);
        EXPECT_EQ(truth({at("waits")}), kLoadedInVain);
        expect({{at("waits")}}, 1,
               first("FOLDER/waits", "not reached by a preload") +
                   "  go: it is built by Go and makes system calls without the C library: a preloaded library is loaded, "
                   "but never asked (only what it calls in C is reached)\n      -> " + kGuard);
    }
}

TEST_F(Doctor, ASetuidProgramIsReachedByItsOwnerAlone)
{
    KASHIM_NEEDS_ROOT();
    const std::string program = built("waits", {"gcc"});
    ASSERT_EQ(::chmod(program.c_str(), 04755), 0);
    EXPECT_EQ(truth({program}, kNobody), kNotReached);
    expect({.arguments = {program}, .uid = kNobody}, 1,
           first("FOLDER/waits", "not reached by a preload") +
               "  setuid: it is setuid root: the loader ignores LD_PRELOAD in it\n"
               "      -> write the library's whole path into /etc/ld.so.preload, or " + kGuard);
    const std::string reached =
        first("FOLDER/waits", "reached, with remarks") +
        "  setuid: it is setuid root: started by root it is reached, by most others not, because the loader ignores "
        "LD_PRELOAD where a program gives rights\n"
        "      -> for the others write the library's whole path into /etc/ld.so.preload\n" + kPreload;
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
               "  setgid: it is setgid (group 65534): the loader ignores LD_PRELOAD in it\n"
               "      -> write the library's whole path into /etc/ld.so.preload, or " + kGuard);
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
                           "      -> write the library's whole path into /etc/ld.so.preload, or " + kGuard
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
    const std::string clears = "  clears: what sudo starts does not get LD_PRELOAD: sudo takes it away\n"
                               "      -> put it behind sudo: sudo kashim run PROGRAM, or sudo env LD_PRELOAD=... PROGRAM\n";
    expect({.arguments = {"sudo"}, .uid = kNobody}, 1,
           first("/usr/bin/sudo", "not reached by a preload") +
               "  setuid: it is setuid root: the loader ignores LD_PRELOAD in it\n"
               "      -> write the library's whole path into /etc/ld.so.preload, or " + kGuard + clears);

    const std::string program = built("waits", {"gcc"});
    const auto below_sudo = [this](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"/usr/bin/sudo", "-n"});
        Waiting waiting(preloaded(std::move(arguments)));
        return truth_of(process_named(waiting.pid(), "waits"));
    };
    EXPECT_EQ(below_sudo({program}), kNotReached);
    EXPECT_EQ(below_sudo({"env", "LD_PRELOAD=" + library(), program}), kReached);
}

TEST_F(Doctor, AProgramOfAnotherWordSizeIsNot)
{
    KASHIM_NEEDS_FILE("/usr/bin/i686-linux-gnu-gcc");
    KASHIM_NEEDS_FILE("/lib/ld-linux.so.2");
    const std::string program = built("waits", {"i686-linux-gnu-gcc"});
    EXPECT_EQ(truth({program}), kNotReached);
    expect({{program}}, 1,
           first("FOLDER/waits", "not reached by a preload") +
               "  word-size: it is an i386 program, and the library FOLDER/lib/libkashim.so is for x86-64: its loader "
               "refuses it\n"
               "      -> install a library built for i386, or " + kGuard);
}

TEST_F(Doctor, AProgramOnMuslIsReachedButThatIsNotTestedFurther)
{
    KASHIM_NEEDS_FILE("/usr/bin/musl-gcc");
    const std::string program = built("waits", {"musl-gcc", "-idirafter", "/usr/include", "-idirafter",
                                                "/usr/include/x86_64-linux-gnu"});
    EXPECT_EQ(truth({program}), kReached);
    expect({{program}}, 0,
           first("FOLDER/waits", "reached, with remarks") +
               "  libc: its C library is musl: the library loads there, but this version is tested with glibc only\n"
               "      -> look at its sockets with \"kashim show\" before you rely on it\n" + kPreload);
}

TEST_F(Doctor, AProgramWithAddressSanitizerRefusesToStart)
{
    const std::string program = built("waits", {"gcc", "-fsanitize=address"});
    const Result refused = run(preloaded({program}));
    EXPECT_FALSE(refused.ok());
    EXPECT_NE(refused.err.find("ASan runtime does not come first"), std::string::npos) << refused;
    expect({{program}}, 1,
           first("FOLDER/waits", "not reached by a preload") +
               "  asan: it is built with AddressSanitizer, whose runtime libasan.so.8 refuses to start behind any "
               "preloaded library\n"
               "      -> set ASAN_OPTIONS=verify_asan_link_order=0, or LD_PRELOAD=libasan.so.8:libkashim.so\n");
    // Both remedies are true.
    EXPECT_EQ(truth({program}, {}, {"ASAN_OPTIONS=verify_asan_link_order=0"}), kReached);
    Command both = preloaded({program});
    both.environment.push_back("LD_PRELOAD=libasan.so.8:" + library());
    Waiting waiting(both);
    EXPECT_EQ(truth_of(waiting.pid()), kReached);
}

TEST_F(Doctor, OfPhpTheExtensionsAreNamedThatEscape)
{
    KASHIM_NEEDS_FILE("/usr/bin/php8.2");
    KASHIM_NEEDS_FILE("/usr/lib/php/20220829/curl.so");
    // ext/sockets calls the C library from a library that was loaded with RTLD_DEEPBIND; streams are PHP's own.
    EXPECT_EQ(truth({"/usr/bin/php8.2", "-r", "$s = socket_create(AF_INET, SOCK_STREAM, 0); echo 'up'; fgets(STDIN);"}),
              kLoadedInVain);
    EXPECT_EQ(truth({"/usr/bin/php8.2", "-r",
                     "$s = stream_socket_server('tcp://127.0.0.1:0'); echo 'up'; fgets(STDIN);"}),
              kReached);
    expect({{"/usr/bin/php8.2"}}, 0,
           first("/usr/bin/php8.2", "reached, with remarks") +
               "  php: PHP up to 8.4 loads its extensions with RTLD_DEEPBIND, past every preloaded library: connections "
               "of PHP itself are reached, those of curl, sockets are not (found in /usr/lib/php/20220829)\n"
               "      -> \"kashim guard PID\" covers them; or use the extensions' own settings\n" + kPreload);
}

TEST_F(Doctor, AScriptIsJudgedByWhatIsExecutedInTheEnd)
{
    built("waits", {"gcc"});
    built("fixed", {"gcc", "-static"});
    script("one", "#!" + at("waits") + "\n");
    script("two", "#!" + at("one") + " -x\n");
    EXPECT_EQ(truth({at("two")}), kReached);
    expect({{at("two")}}, 0,
           first("FOLDER/two", "reached") +
               "  script: what is executed: FOLDER/two, then FOLDER/one, then the program FOLDER/waits\n" + kScript +
               kPreload);
    script("static-one", "#!" + at("fixed") + "\n");
    EXPECT_EQ(truth({at("static-one")}), kNotReached);
    expect({{at("static-one")}}, 1,
           first("FOLDER/static-one", "not reached by a preload") + kStatic +
               "  script: what is executed: FOLDER/static-one, then the program FOLDER/fixed\n" + kScript);
}

TEST_F(Doctor, APythonScriptIsFollowedThroughEnv)
{
    const std::string path = script("app.py", "#!/usr/bin/env python3\n"
                                              "import socket, sys\ns = socket.socket()\nprint('up', flush=True)\n"
                                              "sys.stdin.read(1)\n");
    const std::vector<std::string> debian{"PATH=/usr/bin:/bin"};
    EXPECT_EQ(truth({path}, {}, debian), kReached);
    const std::string out = "  script: what is executed: FOLDER/app.py, then /usr/bin/env, then the program "
                            "/usr/bin/python3\n" + kScript + kPreload;
    expect({{path}, debian}, 0, first("FOLDER/app.py", "reached") + out);

    // Rules for the script concern it, however it is started.
    configuration("[[rule]]\nname = \"app\"\nprogram = \"app.py\"\nidle = 20\n");
    const std::string row =
        "  configuration: FOLDER/etc/kashim/kashim.toml: of 1 rule 1 may decide about its connections: \"app\" (line 1)\n";
    expect({{path}, debian}, 0, "FOLDER/app.py: reached\n" + out + row);
    expect({{"python3", path}, debian}, 0, "/usr/bin/python3: reached\n" + kPreload + row);
}

TEST_F(Doctor, EnvInTheFirstLineMayTakeThePreloadAway)
{
    built("waits", {"gcc"});
    script("cleared", "#!/usr/bin/env -S -i " + at("waits") + "\n");
    EXPECT_EQ(truth({at("cleared")}), kNotReached);
    expect({{at("cleared")}}, 1,
           first("FOLDER/cleared", "not reached by a preload") +
               "  cleared: the env in its first line takes LD_PRELOAD away\n"
               "      -> name LD_PRELOAD=FOLDER/lib/libkashim.so behind that env, or write the library's whole path into "
               "/etc/ld.so.preload\n"
               "  script: what is executed: FOLDER/cleared, then /usr/bin/env, then the program FOLDER/waits\n" + kScript);
    script("kept", "#!/usr/bin/env -S -u HOME A=1 " + at("waits") + "\n");
    EXPECT_EQ(truth({at("kept")}), kReached);
    EXPECT_EQ(ask({{at("kept")}}).exit_code, 0);
}

TEST_F(Doctor, ATextWithoutAFirstLineIsAShellsWhereItIsFoundByName)
{
    built("waits", {"gcc"});
    script("plain", "exec " + at("waits") + "\n");
    EXPECT_EQ(truth({at("plain")}), kReached);
    expect({{at("plain")}}, 0,
           first("FOLDER/plain", "reached") +
               "  script: what is executed: FOLDER/plain (a text without a #! line), then the program /bin/sh\n" + kScript +
               kPreload);
}

TEST_F(Doctor, ScriptsThatCannotBeStartedAreNamedWithTheReason)
{
    const auto broken = [this](const std::string& name, std::string_view text, const std::string& finding) {
        const std::string path = script(name, text);
        EXPECT_THROW(Process({.arguments = {path}}), std::system_error) << "the kernel starts it";
        const Result result = ask({{path}});
        EXPECT_EQ(result.exit_code, 2);
        EXPECT_TRUE(result.out.starts_with(path + ": unknown\n  script-broken: " + finding)) << result;
    };
    broken("no-interpreter", "#!/nowhere/python\n",
           "the interpreter of " + at("no-interpreter") +
               " is /nowhere/python, which does not exist\n      -> install the interpreter, or mend the first line\n");
    broken("windows", "#!/bin/sh\r\n",
           "the first line of " + at("windows") +
               " ends with a carriage return, which counts as part of the interpreter's name\n"
               "      -> write the file with Unix line ends\n");
    // Five follow each other, six do not.
    script("s1", "#!/bin/true\n");
    for (int i = 2; i <= 5; ++i)
        script("s" + std::to_string(i), "#!" + at("s" + std::to_string(i - 1)) + "\n");
    EXPECT_TRUE(run({.arguments = {at("s5")}}).ok());
    EXPECT_EQ(ask({{at("s5")}}).exit_code, 0);
    broken("s6", "#!" + at("s5") + "\n",
           at("s1") + " is the sixth script in a row; the kernel follows five\n"
                      "      -> name a program in the first line, not a script\n");
}

TEST_F(Doctor, WhatIsNoProgramIsSaid)
{
    write_file(folder_ / "text", "hello\n");
    expect({{at("text")}}, 2,
           "FOLDER/text: unknown\n  not-executable: FOLDER/text may not be executed by this user\n"
           "      -> give it the right to execute (chmod +x), or ask as a user who may\n");
    script("data", std::string("\1\2\0\3", 4));
    expect({{at("data")}}, 2,
           "FOLDER/data: unknown\n  format: FOLDER/data is neither a program that Linux runs nor a script\n"
           "      -> name the program itself\n");
    expect({{folder_.path().string()}}, 2,
           "FOLDER: unknown\n  not-executable: FOLDER is no regular file\n      -> name the program itself\n");
    expect({{"no-such-program"}}, 2,
           "no-such-program: unknown\n  not-found: no-such-program is in no folder of PATH\n"
           "      -> name a program that is there; a process is asked about by its number\n");
    expect({{"./1234"}}, 2,
           "./1234: unknown\n  not-found: ./1234 does not exist\n"
           "      -> name a program that is there; a process is asked about by its number\n");
}

TEST_F(Doctor, NothingHangsOnAFifo)
{
    ASSERT_EQ(::mkfifo(at("fifo").c_str(), 0755), 0);
    expect({{at("fifo")}}, 2, "FOLDER/fifo: unknown\n  not-executable: FOLDER/fifo is no regular file\n"
                              "      -> name the program itself\n");
    fs::remove(library());
    ASSERT_EQ(::mkfifo(library().c_str(), 0755), 0);
    EXPECT_EQ(ask({{"true"}}).exit_code, 1);
}

TEST_F(Doctor, ALibraryThatIsMissingOrForbiddenIsNamed)
{
    KASHIM_NEEDS_ROOT();
    const std::string program = built("waits", {"gcc"});
    ASSERT_EQ(::chmod(at("lib").c_str(), 0700), 0);
    EXPECT_EQ(truth({program}, kNobody), kNotReached);
    Result result = ask({.arguments = {program}, .uid = kNobody});
    EXPECT_EQ(result.exit_code, 1) << result;
    EXPECT_NE(result.out.find("library-missing: "), std::string::npos) << result;
    fs::remove(library());
    result = ask({{program}});
    EXPECT_EQ(result.exit_code, 1) << result;
    EXPECT_NE(result.out.find("library-missing: the library is missing; looked for "), std::string::npos) << result;
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
    EXPECT_NE(result.out.find("  not-executable: " + at("mount/waits") + " is on a file system that is mounted noexec\n"),
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
    const std::string mounts = "mount -t tmpfs tmpfs $0/etc && mkdir $0/etc/up $0/etc/work && chmod 755 $0/etc/up && "
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

TEST_F(Doctor, AProgramThatIsLeftAloneIsCalledSoFirst)
{
    const std::string program = built("waits", {"gcc"});
    configuration("[[rule]]\nprogram = \"waits\"\nkeepalive = \"leave\"\n");
    EXPECT_EQ(truth({program}), kLoadedInVain);
    expect({{program}}, 0,
           "FOLDER/waits: left alone: rule at FOLDER/etc/kashim/kashim.toml:1 says keepalive = \"leave\"\n"
           "FOLDER/waits: reached\n" + kPreload);
    configuration("[defaults]\nkeepalive = \"leave\"\n\n[[rule]]\nprogram = \"other\"\nkeepalive = true\n");
    expect({{program}}, 0,
           "FOLDER/waits: left alone: [defaults] at FOLDER/etc/kashim/kashim.toml:1 says keepalive = \"leave\"\n"
           "FOLDER/waits: reached\n" + kPreload);
    configuration("[[rule]]\nprogram = \"other\"\nidle = 20\n");
    expect({{program}}, 0,
           "FOLDER/waits: no rule concerns it: every connection gets the built-in values "
           "(FOLDER/etc/kashim/kashim.toml has no [defaults])\n"
           "FOLDER/waits: reached\n" + kPreload);
}

TEST_F(Doctor, AConfigurationThatIsNotInForceIsAnObstacle)
{
    const std::string program = built("waits", {"gcc"});
    configuration("idel = 3\n");
    EXPECT_EQ(truth({program}), kLoadedInVain);
    expect({{program}}, 1,
           "FOLDER/waits: not reached by a preload\n"
           "  configuration-errors: FOLDER/etc/kashim/kashim.toml has errors: nothing is in force in it\n"
           "      -> \"kashim check\" says what is wrong\n" + kPreload);
    configuration("");
    expect({{program}, {"KASHIM_DISABLE=1"}}, 1,
           "FOLDER/waits: no rule concerns it: every connection gets the built-in values "
           "(FOLDER/etc/kashim/kashim.toml has no [defaults])\n"
           "FOLDER/waits: not reached by a preload\n"
           "  disabled: KASHIM_DISABLE=1 is set here: the library would do nothing\n"
           "      -> unset KASHIM_DISABLE\n" + kPreload);
}

TEST_F(Doctor, AConfigurationThatTheUserMayNotReadIsARemark)
{
    KASHIM_NEEDS_ROOT();
    const std::string program = built("waits", {"gcc"});
    configuration("[defaults]\nidle = 20\n");
    fs::permissions(at("etc/kashim"), fs::perms::owner_all);
    expect({.arguments = {program}, .uid = kNobody}, 0,
           first("FOLDER/waits", "reached, with remarks") +
               "  configuration-unreadable: FOLDER/etc/kashim/kashim.toml may not be read by the user who runs it, so it "
               "counts as absent there\n"
               "      -> make it and the folders above it readable to everybody, or remove it\n" + kPreload);
}

TEST_F(Doctor, MachinesGetTheSameAsJson)
{
    const std::string program = built("waits", {"gcc", "-static"});
    configuration("[[rule]]\nname = \"a\"\nprogram = \"waits\"\nidle = 20\n");
    const Result result = ask({{"--json", program, "x y"}});
    EXPECT_EQ(result.exit_code, 1);
    const auto document = nlohmann::json::parse(result.out);
    const nlohmann::json expected{
        {"name", program},
        {"executable", program},
        {"script", nullptr},
        {"command", program + " x y"},
        {"library", library()},
        {"answer", "not reached by a preload"},
        {"findings",
         {{{"code", "static"},
           {"weight", "obstacle"},
           {"what", "it is statically linked: it has no loader that could preload anything"},
           {"remedy", "start it, then run \"kashim guard PID\", which needs no preload"}}}},
        {"configuration",
         {{"file", at("etc/kashim/kashim.toml")},
          {"good", true},
          {"leaves_everything", false},
          {"rules", {{{"line", 1}, {"name", "a"}}}}}}};
    EXPECT_EQ(document, expected);
}

TEST_F(Doctor, ItsOwnOptionsStandBeforeTheProgramOnly)
{
    const Result result = ask({{"true", "--json", "--no-such-option"}});
    EXPECT_EQ(result.exit_code, 0) << result;
    EXPECT_EQ(result.out.find('{'), std::string::npos) << result;
    const Result nothing = ask({{}});
    EXPECT_EQ(nothing.exit_code, 2);
    EXPECT_EQ(nothing.err, "kashim doctor: name a program or a process: kashim doctor PROGRAM | PID\n"
                           "see: kashim doctor --help\n");
    EXPECT_EQ(ask({{"--no-such-option", "true"}}).exit_code, 2);
}

}  // namespace
}  // namespace kashim::test
