// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/library.h"
#include "reach/php.h"
#include "reach/program_file.h"
#include "support/process.h"

#include <elf.h>
#include <fcntl.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace kashim::test {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

const reach::ElfImage kWide{.bits = 64, .machine = EM_X86_64};

TEST(ReachLibrary, AnEntryWithASlashIsAPathWithLibReplaced)
{
    EXPECT_EQ(reach::paths_of("/opt/libkashim.so", kWide, {}), Strings{"/opt/libkashim.so"});
    EXPECT_EQ(reach::paths_of("/opt/$LIB/libkashim.so", kWide, {}),
              (Strings{"/opt/lib/x86_64-linux-gnu/libkashim.so", "/opt/lib64/libkashim.so", "/opt/lib/libkashim.so"}));
    EXPECT_EQ(reach::paths_of("/opt/${LIB}/k.so", {.bits = 32, .machine = EM_386}, {}),
              (Strings{"/opt/lib/i386-linux-gnu/k.so", "/opt/lib32/k.so", "/opt/lib/k.so"}));
}

TEST(ReachLibrary, ABareNameIsLookedForInTheCacheAndTheLoadersFolders)
{
    const TempDir folder;
    fs::create_directory(folder / "etc");
    write_file(folder / "etc/ld.so.cache", std::string("head\0/opt/x/libkashim.so\0/y/libkashim.so.1\0", 44));
    const host::Root root(platform::Descriptor(::open(folder.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)));
    EXPECT_EQ(
        reach::paths_of("libkashim.so", kWide, root),
        (Strings{"/opt/x/libkashim.so", "/lib/x86_64-linux-gnu/libkashim.so", "/usr/lib/x86_64-linux-gnu/libkashim.so",
                 "/lib64/libkashim.so", "/usr/lib64/libkashim.so", "/lib/libkashim.so", "/usr/lib/libkashim.so"}));
}

// Both are Debian's loaders of 32-bit programs: libc6:i386's, and libc6-i386's.
TEST(ReachLibrary, ABareNameAndLibAreLookedForWhereTheProgramsOwnLoaderLooks)
{
    const TempDir folder;
    const host::Root root(platform::Descriptor(::open(folder.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)));
    const reach::ElfImage program{.bits = 32, .machine = EM_386, .interpreter = "/ld-linux.so.2"};
    write_file(folder / "ld-linux.so.2", std::string("x\0/lib/i386-linux-gnu/\0/usr/lib/i386-linux-gnu/\0y", 49));
    EXPECT_EQ(reach::paths_of("k.so", program, root),
              (Strings{"/lib/i386-linux-gnu/k.so", "/usr/lib/i386-linux-gnu/k.so"}));
    EXPECT_EQ(reach::paths_of("/a/$LIB/k.so", program, root), Strings{"/a/lib/i386-linux-gnu/k.so"});
    write_file(folder / "ld-linux.so.2", std::string("x\0/lib32/\0/usr/lib32/\0y", 23));
    EXPECT_EQ(reach::paths_of("k.so", program, root), (Strings{"/lib32/k.so", "/usr/lib32/k.so"}));
    EXPECT_EQ(reach::paths_of("/a/$LIB/k.so", program, root), Strings{"/a/lib32/k.so"});
}

// It looks neither in glibc's cache nor in its folders, and says nothing where it finds nothing.
TEST(ReachLibrary, MuslLooksForABareNameInFoldersOfItsOwn)
{
    const TempDir folder;
    fs::create_directory(folder / "etc");
    write_file(folder / "etc/ld.so.cache", std::string("head\0/opt/x/libkashim.so\0", 26));
    const host::Root root(platform::Descriptor(::open(folder.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)));
    reach::ElfImage program = kWide;
    program.interpreter = "/lib/ld-musl-x86_64.so.1";
    EXPECT_EQ(reach::paths_of("libkashim.so", program, root),
              (Strings{"/lib/libkashim.so", "/usr/local/lib/libkashim.so", "/usr/lib/libkashim.so"}));
    write_file(folder / "etc/ld-musl-x86_64.path", "/lib/x86_64-linux-musl\n/opt/a:/opt/b\n");
    EXPECT_EQ(reach::paths_of("libkashim.so", program, root),
              (Strings{"/lib/x86_64-linux-musl/libkashim.so", "/opt/a/libkashim.so", "/opt/b/libkashim.so"}));
}

TEST(ReachLibrary, ALoaderThatLooksNowhereFindsNothing)
{
    const TempDir folder;
    fs::create_directory(folder / "etc");
    write_file(folder / "etc/ld-musl-x86_64.path", "\n");
    const host::Root root(platform::Descriptor(::open(folder.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)));
    reach::ElfImage program = kWide;
    program.interpreter = "/lib/ld-musl-x86_64.so.1";
    EXPECT_EQ(reach::find_library("libkashim.so", program, root, {}).state, reach::LibraryFile::State::missing);
}

TEST(ReachLibrary, AnotherRootIsNeverLeft)
{
    const TempDir folder;
    fs::create_directory(folder / "jail");
    write_file(folder / "secret", "x");
    write_file(folder / "jail/inside", "x");
    fs::create_symlink(folder / "secret", folder / "jail/absolute");
    fs::create_symlink("../secret", folder / "jail/upwards");
    fs::create_symlink("/inside", folder / "jail/within");
    const host::Root root(platform::Descriptor(::open((folder / "jail").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)));
    EXPECT_EQ(root.find("/absolute").error(), ENOENT);
    EXPECT_EQ(root.find("/upwards").error(), ENOENT);
    EXPECT_EQ(root.find("/../../secret").error(), ENOENT);
    EXPECT_EQ(root.find("/within").error(), 0);
}

TEST(ReachProgramFile, PathIsSearchedAsExecvpDoes)
{
    const TempDir folder;
    for (const char* name : {"a", "b", "c"})
        fs::create_directory(folder / name);
    write_file(folder / "a/prog", "");  // not executable: remembered, but gone past
    fs::create_directory(folder / "b/prog");
    const std::string program = write_file(folder / "c/prog", "");
    const std::string path = (folder / "a").string() + ":" + (folder / "b").string();
    fs::permissions(folder / "c/prog", fs::perms::owner_all);
    EXPECT_EQ(reach::find_program("prog", path + ":" + (folder / "c").string()).path, program);
    EXPECT_EQ(reach::find_program("prog", path).error, EACCES);
    EXPECT_EQ(reach::find_program("none", path).error, ENOENT);
    EXPECT_EQ(reach::find_program("sh", std::nullopt).path, "/bin/sh");
    EXPECT_EQ(reach::find_program("", path).error, ENOENT);
    EXPECT_EQ(reach::find_program("/bin", path).error, EACCES);
}

TEST(ReachProgramFile, SecureExecutionIsReckonedAsTheKernelDoes)
{
    const reach::Starter user{.uid = 1000, .gid = 1000};
    const reach::Starter root{};
    reach::Starter restricted = user;
    restricted.no_new_privs = true;
    const auto secure = [&](const reach::Privileges& privileges) {
        return std::string(privileges.secure_for(root) ? "root " : "") + (privileges.secure_for(user) ? "user " : "") +
               (privileges.secure_for(restricted) ? "restricted " : "");
    };
    EXPECT_EQ(secure({}), "");
    EXPECT_EQ(secure({.setuid = true}), "user ");
    EXPECT_EQ(secure({.setuid = true, .owner = 1000}), "root ");
    EXPECT_EQ(secure({.setgid = true, .group = 7}), "root user ");
    EXPECT_EQ(secure({.capabilities = true}), "user ");
    // Measured: the effective bit asks for secure execution even where nothing is gained.
    EXPECT_EQ(secure({.capabilities = true, .effective = true}), "user restricted ");
}

TEST(ReachPhp, AFolderOfExtensionsIsKnownByTheNumberAtItsEnd)
{
    const auto folder = [](std::string_view text) { return reach::php_extension_folder(text); };
    EXPECT_EQ(folder(std::string_view("x\0/usr/lib/php/20220829\0y", 25)), "/usr/lib/php/20220829");
    EXPECT_EQ(folder(std::string_view("/usr/local/lib/php/extensions/no-debug-non-zts-20230831\0", 56)),
              "/usr/local/lib/php/extensions/no-debug-non-zts-20230831");
    EXPECT_EQ(folder(std::string_view("/etc/php/8.2/cli\0php\0", 21)), "");
    EXPECT_EQ(folder("/usr/lib/php/20220829"), "") << "the text does not end";
    EXPECT_EQ(folder(""), "");
    EXPECT_TRUE(reach::binds_deep("/usr/lib/php/20240924"));
    EXPECT_FALSE(reach::binds_deep("/usr/lib/php/20250925")) << "PHP 8.5";
    EXPECT_FALSE(reach::binds_deep("/usr/lib/php"));
}

TEST(ReachPhp, OfWhatIsMappedOnlyConnectingExtensionsCount)
{
    EXPECT_EQ(reach::escaping_extensions(Strings{"/usr/lib/php/20220829/curl.so", "/usr/lib/php/20220829/json.so",
                                                 "/usr/lib/php/20250925/pgsql.so", "/usr/lib/curl.so", "curl.so",
                                                 "/usr/lib/php/20220829/curl.so (deleted)"}),
              Strings{"curl"});
}

}  // namespace
}  // namespace kashim::test
