// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "host/auxv.h"
#include "host/program_facts.h"

#include "host/proc.h"
#include "platform/process.h"
#include "support/process.h"

#include <csignal>
#include <elf.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

namespace kashim::test {
namespace {

namespace fs = std::filesystem;

TEST(PlatformOtherProcess, ItsFactsAreThoseThatItFindsItself)
{
    const auto memory = std::make_unique<platform::ProgramMemory>();
    const policy::Program own = platform::program_facts(*memory);
    const auto facts = host::program_facts_of(getpid());
    ASSERT_TRUE(facts);
    const policy::Program seen = facts->program();
    EXPECT_EQ(seen.executable, own.executable);
    EXPECT_EQ(seen.executed, own.executed);
    EXPECT_EQ(seen.name, own.name);
    EXPECT_EQ(seen.script, own.script);
    EXPECT_EQ(seen.command, own.command);
}

TEST(PlatformOtherProcess, AScriptIsSeenAsItWasExecuted)
{
    const TempDir folder;
    const std::string script = write_file(folder / "a-script-of-a-long-name", "#!/bin/sh -e\necho up\nread line\n");
    fs::permissions(script, fs::perms::all);
    fs::create_symlink(script, folder / "by-another-name.sh");
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    Process process({.arguments = {folder / "by-another-name.sh", "a b"}, .descriptors = {{ends[0], 0}}});
    ASSERT_TRUE(process.says("up"));
    const auto facts = host::program_facts_of(process.pid());
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->executable, fs::canonical("/bin/sh"));
    EXPECT_EQ(facts->executed, folder / "by-another-name.sh");
    EXPECT_EQ(facts->name, "by-another-name");
    EXPECT_EQ(facts->script, folder / "by-another-name.sh");
    EXPECT_EQ(facts->command, "/bin/sh -e " + (folder / "by-another-name.sh").string() + " a b");
    close(ends[0]);
    close(ends[1]);
}

TEST(PlatformOtherProcess, AProgramThatRenamedItselfOrWasRemovedKeepsTheNameItWasExecutedBy)
{
    const TempDir folder;
    const std::string program = folder / "sleeper";
    fs::copy_file(fs::canonical("/bin/bash"), program);
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    Process process({.arguments = {program, "-c", "echo -n other >/proc/$$/comm; echo up; read line"},
                     .descriptors = {{ends[0], 0}}});
    ASSERT_TRUE(process.says("up"));
    fs::remove(program);
    const auto facts = host::program_facts_of(process.pid());
    ASSERT_TRUE(facts);
    EXPECT_EQ(read_file("/proc/" + std::to_string(process.pid()) + "/comm"), "other\n");
    EXPECT_EQ(facts->name, "sleeper");
    EXPECT_EQ(facts->executable, program);
    close(ends[0]);
    close(ends[1]);
}

TEST(PlatformOtherProcess, AProgramBelowAnotherRootIsSeenAsItSeesItself)
{
    if (getuid() != 0)
        GTEST_SKIP() << "skipped, because chroot needs root";
    const fs::path busybox = "/bin/busybox";
    if (!fs::exists(busybox))
        GTEST_SKIP() << "skipped, because busybox-static is not installed";
    const TempDir folder;
    fs::copy_file(busybox, folder / "busybox");
    static std::string root;
    root = folder.path();
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    Process process({.arguments = {"/busybox", "sh", "-c", "echo up; read line"},
                     .descriptors = {{ends[0], 0}},
                     .before_exec = [] { (void)!(chroot(root.c_str()) == 0 && chdir("/") == 0); }});
    ASSERT_TRUE(process.says("up"));
    const auto facts = host::program_facts_of(process.pid());
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->executable, "/busybox");
    EXPECT_EQ(facts->executed, "/busybox");
    close(ends[0]);
    close(ends[1]);
}

TEST(PlatformOtherProcess, OneThatTookItsNameAwayIsStillThere)
{
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    Process process({.arguments = {fs::canonical("/bin/bash"), "-c", "printf '\\0' >/proc/$$/comm; echo up; read line"},
                     .descriptors = {{ends[0], 0}}});
    ASSERT_TRUE(process.says("up"));
    ASSERT_EQ(read_file("/proc/" + std::to_string(process.pid()) + "/comm"), "\n");
    const auto facts = host::program_facts_of(process.pid());
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->name, "bash");
    close(ends[0]);
    close(ends[1]);
}

// Links of /proc lead from our root on.
TEST(PlatformOtherProcess, OneBelowChrootHasItsPathsFromItsRootOn)
{
    if (getuid() != 0)
        GTEST_SKIP() << "chroot needs root";
    const TempDir folder;
    const std::string root = fs::canonical(folder.path());
    fs::create_directory(root + "/inside");
    for (const char* where : {"/", "/inside"}) {
        int ends[2];
        ASSERT_EQ(pipe(ends), 0);
        const pid_t child = fork();
        if (child == 0) {
            const bool done = chroot(root.c_str()) == 0 && chdir(where) == 0 && write(ends[1], "x", 1) == 1;
            while (done)
                pause();
            _exit(1);
        }
        char up = 0;
        EXPECT_EQ(read(ends[0], &up, 1), 1);
        EXPECT_EQ(host::below_root_of(child, host::proc_link(child, "cwd")), where);
        EXPECT_EQ(host::below_root_of(child, root + "beside"), root + "beside");
        EXPECT_EQ(host::below_root_of(child, ""), "") << "what may not be seen";
        kill(child, SIGKILL);
        waitpid(child, nullptr, 0);
        close(ends[0]);
        close(ends[1]);
    }
}

TEST(PlatformOtherProcess, OneThatIsNotThereHasNoFacts)
{
    EXPECT_FALSE(host::program_facts_of(0));
    EXPECT_FALSE(host::program_facts_of(0x7fffffff));
}

TEST(PlatformOtherProcess, WhatAnotherUserMayNotSeeIsEmpty)
{
    if (getuid() != 0)
        GTEST_SKIP() << "skipped, because becoming another user needs root";
    // In a child: a thread cannot become another user alone.
    const pid_t child = fork();
    if (child == 0) {
        const bool became = setgid(65534) == 0 && setuid(65534) == 0;
        const auto facts = host::program_facts_of(getppid());
        _exit(became && facts && facts->executable.empty() && facts->executed.empty() && !facts->name.empty() &&
                      !facts->command.empty()
                  ? 0
                  : 1);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
}

template <typename Word>
std::string words(std::initializer_list<Word> list)
{
    return {reinterpret_cast<const char*>(list.begin()), list.size() * sizeof(Word)};
}

TEST(PlatformOtherProcess, TheAuxiliaryVectorIsReadInEitherWordSize)
{
    const std::string narrow =
        words<std::uint32_t>({AT_SYSINFO_EHDR, 0xf7f00000, AT_PAGESZ, 4096, AT_SECURE, 1, AT_EXECFN, 0xffffdfed, 0, 0});
    const std::string wide = words<std::uint64_t>(
        {AT_SYSINFO_EHDR, 0x7fff00000000, AT_PAGESZ, 65536, AT_SECURE, 0, AT_EXECFN, 0x7ffffffffed0, 0, 0, AT_UID, 7});
    EXPECT_EQ(host::AuxiliaryVector{narrow}[AT_SECURE], 1u);
    EXPECT_EQ(host::AuxiliaryVector{narrow}[AT_EXECFN], 0xffffdfedu);
    EXPECT_EQ(host::AuxiliaryVector{wide}[AT_SECURE], 0u);
    EXPECT_EQ(host::AuxiliaryVector{wide}[AT_EXECFN], 0x7ffffffffed0u);
    EXPECT_EQ(host::AuxiliaryVector{wide}[AT_UID], std::nullopt);  // behind the end
    EXPECT_EQ(host::AuxiliaryVector{}[AT_SECURE], std::nullopt);
    EXPECT_EQ(host::AuxiliaryVector{std::string_view(wide).substr(0, 13)}[AT_SECURE], std::nullopt);
}

}  // namespace
}  // namespace kashim::test
