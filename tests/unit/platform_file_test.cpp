// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/file.h"
#include "platform/memory.h"

#include "support/process.h"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <string>
#include <utility>

namespace kashim::test {
namespace {

using platform::FileText;
using platform::Mapping;
using Kind = platform::FileText::Kind;

constexpr std::size_t kLimit = 2 * 1024 * 1024;

class PlatformFile : public testing::Test {
protected:
    std::string path(std::string_view name) const { return folder_ / name; }

    TempDir folder_;
};

/// The kind that somebody without any privilege finds.
Kind kind_for_nobody(const std::string& path)
{
    const pid_t child = fork();
    if (child == 0) {
        constexpr uid_t kNobody = 65534;
        if (getuid() == 0 && setresuid(kNobody, kNobody, kNobody) != 0)
            _exit(100);
        _exit(static_cast<int>(platform::read_file(path.c_str(), kLimit).kind));
    }
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    return static_cast<Kind>(WEXITSTATUS(status));
}

TEST_F(PlatformFile, ATextIsReadAsItIs)
{
    const std::string text("a\0b\r\n\xff", 6);
    const FileText file = platform::read_file(write_file(path("a"), text).c_str(), kLimit);
    EXPECT_EQ(file.kind, Kind::text);
    EXPECT_EQ(file.text, text);
}

TEST_F(PlatformFile, AnEmptyFileIsAnEmptyText)
{
    const FileText file = platform::read_file(write_file(path("a"), "").c_str(), kLimit);
    EXPECT_EQ(file.kind, Kind::text);
    EXPECT_EQ(file.text, "");
}

TEST_F(PlatformFile, ALinkLeadsToItsFile)
{
    write_file(path("a"), "text");
    std::filesystem::create_symlink("a", path("link"));
    EXPECT_EQ(platform::read_file(path("link").c_str(), kLimit).text, "text");
}

TEST_F(PlatformFile, ExactlyTheLimitIsReadAndOneByteMoreIsNot)
{
    const FileText whole = platform::read_file(write_file(path("a"), std::string(kLimit, 'x')).c_str(), kLimit);
    EXPECT_EQ(whole.kind, Kind::text);
    EXPECT_EQ(whole.text.size(), kLimit);
    const FileText more = platform::read_file(write_file(path("b"), std::string(kLimit + 1, 'x')).c_str(), kLimit);
    EXPECT_EQ(more.kind, Kind::too_large);
    EXPECT_EQ(more.text, "");
}

// Whoever writes a configuration well renames it into its place, and programs start at any moment.
TEST_F(PlatformFile, WhatTookItsPlaceSinceItWasLookedAtIsReadWhole)
{
    const std::string file = write_file(path("a"), "old");
    const platform::FileStatus before = platform::file_status(file.c_str());
    const auto replace = [&](std::string_view text) {
        std::filesystem::rename(write_file(path("b"), text), file);
        return platform::read_file(file.c_str(), kLimit, before);
    };
    for (const std::string_view text : {"longer than the old one", "", "new"}) {
        const FileText read = replace(text);
        EXPECT_EQ(read.kind, Kind::text) << text;
        EXPECT_EQ(read.text, text);
    }
    EXPECT_EQ(replace(std::string(kLimit + 1, 'x')).kind, Kind::too_large);
    std::filesystem::remove(file);
    ASSERT_EQ(mkfifo(file.c_str(), 0600), 0);
    EXPECT_EQ(platform::read_file(file.c_str(), kLimit, before).kind, Kind::not_regular);
}

TEST_F(PlatformFile, WhatIsNotThereIsAbsent)
{
    EXPECT_EQ(platform::read_file(path("a").c_str(), kLimit).kind, Kind::absent);
    EXPECT_EQ(platform::read_file(path("a/b").c_str(), kLimit).kind, Kind::absent);
    write_file(path("a"), "");
    EXPECT_EQ(platform::read_file(path("a/b").c_str(), kLimit).kind, Kind::absent);  // ENOTDIR
    EXPECT_EQ(platform::read_file("", kLimit).kind, Kind::absent);
}

TEST_F(PlatformFile, AFolderOrADeviceIsNoFile)
{
    EXPECT_EQ(platform::read_file(path(".").c_str(), kLimit).kind, Kind::not_regular);
    EXPECT_EQ(platform::read_file("/dev/zero", kLimit).kind, Kind::not_regular);
    EXPECT_EQ(platform::read_file("/dev/null", kLimit).kind, Kind::not_regular);
}

// Opening one waits until somebody writes: this test would never end.
TEST_F(PlatformFile, ANamedPipeIsNoFileAndIsNotWaitedFor)
{
    ASSERT_EQ(mkfifo(path("fifo").c_str(), 0600), 0);
    EXPECT_EQ(platform::read_file(path("fifo").c_str(), kLimit).kind, Kind::not_regular);
}

TEST_F(PlatformFile, WhatMayNotBeReadIsDenied)
{
    write_file(path("secret"), "text");
    ASSERT_EQ(chmod(path("secret").c_str(), 0), 0);
    EXPECT_EQ(kind_for_nobody(path("secret")), Kind::denied);
}

TEST_F(PlatformFile, WhatLiesBehindAClosedFolderIsDenied)
{
    std::filesystem::create_directory(path("closed"));
    write_file(path("closed/a"), "text");
    ASSERT_EQ(chmod(path("closed").c_str(), 0), 0);
    EXPECT_EQ(kind_for_nobody(path("closed/a")), Kind::denied);
    ASSERT_EQ(chmod(path("closed").c_str(), 0700), 0);
}

TEST_F(PlatformFile, AnyOtherFailureTellsItsErrno)
{
    std::filesystem::create_symlink("loop", path("loop"));
    const FileText loop = platform::read_file(path("loop").c_str(), kLimit);
    EXPECT_EQ(loop.kind, Kind::failed);
    EXPECT_EQ(loop.error, ELOOP);
    EXPECT_EQ(platform::read_file(std::string(5000, 'a').c_str(), kLimit).error, ENAMETOOLONG);
}

// What /proc holds says that it is empty: half a file would be worse than none.
TEST_F(PlatformFile, AFileThatHoldsMoreThanItsSizeFails)
{
    const FileText file = platform::read_file("/proc/self/status", kLimit);
    EXPECT_EQ(file.kind, Kind::failed);
    EXPECT_EQ(file.error, EAGAIN);
}

TEST_F(PlatformFile, NoDescriptorStaysOpen)
{
    const int before = dup(STDIN_FILENO);
    close(before);
    static_cast<void>(platform::read_file(write_file(path("a"), "text").c_str(), kLimit));
    static_cast<void>(platform::read_file("/proc/self/status", kLimit));
    std::array<char, 16> memory;
    platform::read_start("/proc/self/cmdline", memory);
    const int after = dup(STDIN_FILENO);
    close(after);
    EXPECT_EQ(after, before);
}

TEST_F(PlatformFile, TheStartOfAFileIsAsMuchAsFits)
{
    write_file(path("a"), "0123456789");
    std::array<char, 4> few;
    EXPECT_EQ(platform::read_start(path("a").c_str(), few), "0123");
    std::array<char, 64> many;
    EXPECT_EQ(platform::read_start(path("a").c_str(), many), "0123456789");
    EXPECT_EQ(platform::read_start(path("none").c_str(), many), "");
    EXPECT_EQ(platform::read_start(path(".").c_str(), many), "");
}

TEST(PlatformMemory, AMappingIsZeroedAndWritable)
{
    const Mapping mapping = Mapping::of(10000);
    ASSERT_TRUE(mapping);
    EXPECT_EQ(mapping.bytes().size(), 10000u);
    EXPECT_TRUE(
        std::all_of(mapping.bytes().begin(), mapping.bytes().end(), [](std::byte b) { return b == std::byte{}; }));
    mapping.bytes().back() = std::byte{1};
}

TEST(PlatformMemory, WhatTheKernelRefusesIsEmpty)
{
    EXPECT_FALSE(Mapping::of(0));
    EXPECT_FALSE(Mapping::of(~std::size_t{0} / 2));
    EXPECT_TRUE(Mapping::of(~std::size_t{0} / 2).bytes().empty());
}

TEST(PlatformMemory, AMappingHasOneOwner)
{
    Mapping first = Mapping::of(1);
    const std::byte* const start = first.bytes().data();
    Mapping second = std::move(first);
    EXPECT_FALSE(first);
    EXPECT_EQ(second.bytes().data(), start);
    const std::span<std::byte> kept = second.release();
    EXPECT_FALSE(second);
    kept[0] = std::byte{1};  // still there
    EXPECT_EQ(kept.data(), start);
}

}  // namespace
}  // namespace kashim::test
