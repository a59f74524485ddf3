// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/compiled_file.h"
#include "policy/table_builder.h"
#include "support/process.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>

namespace kashim::test {
namespace {

namespace fs = std::filesystem;

using platform::CompiledFile;
using platform::FileStatus;
using platform::Mapping;
using Kind = CompiledFile::Kind;

constexpr std::string_view kText = "# nothing\n";

class PlatformCompiledFile : public testing::Test {
protected:
    FileStatus source() const { return platform::file_status(source_.c_str()); }

    void write(const policy::FileState& state)
    {
        const auto bytes = policy::compiled_file(**policy::build_table({}, policy::Labels::no), state, kText);
        write_file(path_, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
        fs::permissions(path_, fs::perms(0644));
    }

    Kind kind() const { return platform::read_compiled(path_.c_str(), source()).kind; }

    std::string verdict() const
    {
        std::array<char, 200> memory;
        platform::Text text(memory);
        platform::append_verdict(text, platform::read_compiled(path_.c_str(), source()));
        return std::string(text.view());
    }

    TempDir folder_;
    const std::string source_ = write_file(folder_ / "kashim.toml", kText);
    const std::string path_ = folder_ / "kashim.toml.compiled";
};

TEST_F(PlatformCompiledFile, IsOfItsSourceByStateAndByText)
{
    write(source().state);
    const CompiledFile compiled = platform::read_compiled(path_.c_str(), source());
    ASSERT_EQ(compiled.kind, Kind::good);
    EXPECT_TRUE(compiled.is_of(source().state));
    EXPECT_TRUE(compiled.is_of(kText));
    EXPECT_FALSE(compiled.is_of("# nathing\n"));
    EXPECT_EQ(compiled.table().rules.count, 1u);
}

TEST_F(PlatformCompiledFile, IsNotOfAFileInAnotherState)
{
    write(source().state);
    const CompiledFile compiled = platform::read_compiled(path_.c_str(), source());
    policy::FileState state = source().state;
    for (std::uint64_t* const number : {&state.device, &state.inode, &state.size}) {
        ++*number;
        EXPECT_FALSE(compiled.is_of(state));
        --*number;
    }
    for (std::int64_t* const time : {&state.modified, &state.changed}) {
        ++*time;
        EXPECT_FALSE(compiled.is_of(state));
        --*time;
    }
    EXPECT_TRUE(compiled.is_of(state));
}

TEST_F(PlatformCompiledFile, AnythingDoneToTheSourceGivesItAnotherState)
{
    const policy::FileState before = source().state;
    const auto expect_another = [&](const char* what) { EXPECT_NE(source().state, before) << what; };
    const timespec times[] = {{before.modified / 1'000'000'000, before.modified % 1'000'000'000},
                              {before.modified / 1'000'000'000, before.modified % 1'000'000'000}};
    ASSERT_TRUE(eventually([&] {  // the clock of the file system has gone on
        write_file(folder_ / "clock", "");
        return platform::file_status((folder_ / "clock").c_str()).state.changed > before.changed;
    }));
    fs::copy_file(source_, folder_ / "copy");
    utimensat(AT_FDCWD, (folder_ / "copy").c_str(), times, 0);
    EXPECT_NE(platform::file_status((folder_ / "copy").c_str()).state, before) << "a copy with its time, as rsync -t";
    write_file(source_, "# nathing\n");
    utimensat(AT_FDCWD, source_.c_str(), times, 0);
    expect_another("another text of the same size, and the old time");
}

TEST_F(PlatformCompiledFile, LandsInTheMemoryOfTheCallerWhereItFits)
{
    write(source().state);
    alignas(8) std::array<std::byte, 4096> memory;
    const CompiledFile small = platform::read_compiled(path_.c_str(), source(), memory);
    EXPECT_EQ(small.file.data(), memory.data());
    EXPECT_FALSE(small.memory);
    const CompiledFile large = platform::read_compiled(path_.c_str(), source(), std::span(memory).first(64));
    EXPECT_EQ(large.kind, Kind::good);
    EXPECT_TRUE(large.memory);
}

TEST_F(PlatformCompiledFile, TakesNoMemoryForWhatIsSomethingElse)
{
    write_file(path_, "text");
    fs::permissions(path_, fs::perms(0644));
    constexpr rlim_t kLarge = rlim_t{200} << 20;
    fs::resize_file(path_, kLarge);
    const pid_t child = fork();
    if (child == 0) {
        // More than this process has, and less than it would have with the file.
        constexpr rlimit kLimit{kLarge, kLarge};
        setrlimit(RLIMIT_DATA, &kLimit);
        _exit(static_cast<int>(kind()));
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(static_cast<Kind>(WEXITSTATUS(status)), Kind::not_ours);
}

TEST_F(PlatformCompiledFile, MayBeAbsent)
{
    EXPECT_EQ(kind(), Kind::absent);
}

TEST_F(PlatformCompiledFile, IsForeignWhereOthersMayWriteIt)
{
    write(source().state);
    for (const int mode : {0664, 0646, 0666}) {
        fs::permissions(path_, fs::perms(mode));
        EXPECT_EQ(kind(), Kind::foreign) << mode;
    }
    EXPECT_EQ(verdict(), "others than the owner of the configuration own it, or may write it");
    fs::permissions(path_, fs::perms(0444));
    EXPECT_EQ(kind(), Kind::good);
}

TEST_F(PlatformCompiledFile, IsForeignWhereAnotherUserOwnsIt)
{
    if (geteuid() != 0)
        GTEST_SKIP() << "skipped, because only root gives files away";
    write(source().state);
    ASSERT_EQ(chown(path_.c_str(), 4242, 4242), 0);
    EXPECT_EQ(kind(), Kind::foreign);
    ASSERT_EQ(chown(source_.c_str(), 4242, 4242), 0);
    EXPECT_EQ(kind(), Kind::good);
    ASSERT_EQ(chown(path_.c_str(), 0, 0), 0);
    EXPECT_EQ(kind(), Kind::good) << "root may write what it likes anyway";
}

TEST_F(PlatformCompiledFile, MustBeAPlainFile)
{
    write(source().state);
    fs::rename(path_, folder_ / "elsewhere");
    fs::create_symlink("elsewhere", path_);
    EXPECT_EQ(kind(), Kind::unreadable);
    EXPECT_EQ(verdict(), "it is a symbolic link");
    fs::remove(path_);
    ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
    EXPECT_EQ(kind(), Kind::unreadable);
    fs::remove(path_);
    fs::create_directory(path_);
    EXPECT_EQ(kind(), Kind::unreadable);
    EXPECT_EQ(verdict(), "it is not a regular file");
}

TEST_F(PlatformCompiledFile, SaysWhyItIsNotUsed)
{
    EXPECT_EQ(verdict(), "there is none");
    write(source().state);
    std::string bytes = read_file(path_);
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    write_file(path_, bytes);
    EXPECT_EQ(verdict(), "it is damaged");
    bytes[16] ^= 1;  // the version
    write_file(path_, bytes);
    EXPECT_EQ(verdict(), "it is of another version of kashim");
    write_file(path_, "text");
    EXPECT_EQ(verdict(), "it is no compiled configuration");
    write_file(path_, "");
    EXPECT_EQ(verdict(), "it is no compiled configuration");
}

}  // namespace
}  // namespace kashim::test
