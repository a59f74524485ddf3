// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim doctor PROGRAM on real programs of every kind: its whole output, and beside each "reached" and "not reached" the
// truth: the program is run with the library in LD_PRELOAD, and the kernel says what is mapped and what its socket has.
#include "cli/doctor_support.h"

#include <unistd.h>

#include <filesystem>
#include <string>

namespace kashim::test {
namespace {

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
    const auto go = [this](const std::string& cgo, const std::string& flags, const std::string& mode = "exe") {
        must_run({"env", "CGO_ENABLED=" + cgo, "GO111MODULE=off", "GOCACHE=" KASHIM_BINARY_DIR "/go-cache", "go",
                  "build", "-buildmode=" + mode, "-ldflags=" + flags, "-o", at("waits"),
                  KASHIM_SOURCE_DIR "/tests/cli/programs/waits.go"});
    };
    const std::string in_vain = first("FOLDER/waits", "not reached by a preload") +
                                "  go: it is built by Go and makes system calls without the C library: a preloaded "
                                "library is loaded, but never "
                                "asked (only what it calls in C is reached)\n      -> " +
                                kRunGuarded;
    for (const char* flags : {"", "-s -w"}) {
        go("0", flags);
        EXPECT_EQ(truth({at("waits")}), kNotReached);
        expect(
            {{at("waits")}}, 1,
            first("FOLDER/waits", "not reached by a preload") +
                "  go: it is built by Go and statically linked: it makes system calls without the C library, and has "
                "no loader that could preload anything\n      -> " +
                kRunGuarded);
        go("1", flags);
        EXPECT_EQ(truth({at("waits")}), kLoadedInVain);
        expect({{at("waits")}}, 1, in_vain);
        // With a loader, and without any C library but the one that the preloaded library brings along.
        go("0", flags, "pie");
        EXPECT_EQ(truth({at("waits")}), kLoadedInVain);
        expect({{at("waits")}}, 1, in_vain);
    }
}

TEST_F(Doctor, AProgramOfAnotherWordSizeIsNot)
{
    KASHIM_NEEDS_FILE("/usr/bin/i686-linux-gnu-gcc");
    KASHIM_NEEDS_FILE("/lib/ld-linux.so.2");
    const std::string program = built("waits", {"i686-linux-gnu-gcc"});
    EXPECT_EQ(truth({program}), kNotReached);
    expect(
        {{program}}, 1,
        first("FOLDER/waits", "not reached by a preload") +
            "  word-size: it is a program for i386, and the library FOLDER/lib/libkashim.so is for x86-64: its loader "
            "refuses it\n"
            "      -> install a library built for i386, or " +
            kGuard);
}

TEST_F(Doctor, InstalledBelowUsrTheBareNameIsFoundForProgramsOfItsKind)
{
    KASHIM_NEEDS_ROOT();
    KASHIM_NEEDS_FILE("/usr/bin/i686-linux-gnu-gcc");
    built("waits", {"gcc"});
    built("narrow", {"i686-linux-gnu-gcc"});
    // Overlays: this is how it would be installed.
    const std::string mounts = "mount -t tmpfs -o mode=755 tmpfs $0/etc && cd $0/etc && mkdir lib bin work1 work2 && "
                               "cp $0/lib/libkashim.so lib && "
                               "cp $0/bin/kashim bin && L=/usr/lib/x86_64-linux-gnu && "
                               "mount -t overlay overlay -o lowerdir=$L,upperdir=lib,workdir=work1 $L && "
                               "mount -t overlay overlay -o lowerdir=/usr/bin,upperdir=bin,workdir=work2 /usr/bin && ";
    const auto in_namespace = [&](const std::string& command) {
        return Command{.arguments = {"unshare", "-m", "sh", "-c", mounts + command, folder_.path().string()}};
    };
    const Waiting waiting(in_namespace("LD_PRELOAD=libkashim.so exec $0/waits"));
    EXPECT_EQ(truth_of(waiting.pid()), kReached);
    Result result = run(in_namespace("/usr/bin/kashim doctor $0/waits"));
    EXPECT_EQ(result.exit_code, 0) << result;
    EXPECT_NE(result.out.find("  preload: LD_PRELOAD=libkashim.so loads the library into it\n"), std::string::npos)
        << result;
    const Waiting narrow(in_namespace("LD_PRELOAD=libkashim.so exec $0/narrow"));
    EXPECT_EQ(truth_of(narrow.pid()), kNotReached);
    result = run(in_namespace("/usr/bin/kashim doctor $0/narrow"));
    EXPECT_EQ(result.exit_code, 1) << result;
    EXPECT_NE(result.out.find("  library-missing: libkashim.so is in none of the folders where its loader looks\n"),
              std::string::npos)
        << result;
}

TEST_F(Doctor, AProgramOnMuslIsReached)
{
    KASHIM_NEEDS_FILE("/usr/bin/musl-gcc");
    const std::string program =
        built("waits", {"musl-gcc", "-idirafter", "/usr/include", "-idirafter", "/usr/include/x86_64-linux-gnu"});
    EXPECT_EQ(truth({program}), kReached);
    expect({{program}}, 0, first("FOLDER/waits", "reached") + kPreload);
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
    const Php php = test::php();
    if (php.program.empty())
        GTEST_SKIP() << "skipped, because php-cli or php-curl is not installed";
    // ext/sockets calls the C library from a library that was loaded with RTLD_DEEPBIND; streams are PHP's own. Debian's
    // PHP 8.4 does not use that flag.
    EXPECT_EQ(truth({php.program, "-r", "$s = socket_create(AF_INET, SOCK_STREAM, 0); echo 'up'; fgets(STDIN);"}),
              php.binds_deep ? kLoadedInVain : kReached);
    EXPECT_EQ(truth({php.program, "-r", "$s = stream_socket_server('tcp://127.0.0.1:0'); echo 'up'; fgets(STDIN);"}),
              kReached);
    expect({{php.program}}, 0,
           first(php.program, "reached, with remarks") +
               "  php: PHP before 8.5 may load its extensions with RTLD_DEEPBIND, past every preloaded library: "
               "connections of PHP itself are reached, those of curl, sockets may not be (found in " +
               php.extensions +
               ")\n"
               "      -> \"kashim guard PID\" covers them; or use the extensions' own settings\n" +
               kPreload);
}

}  // namespace
}  // namespace kashim::test
