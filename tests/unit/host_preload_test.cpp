// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "host/preload.h"

#include <gtest/gtest.h>

namespace kashim::test {
namespace {

using host::kDyldPreload;
using host::library_entries;
using host::preload_with;
using platform::InstallDirectories;
using Places = std::vector<std::string>;

constexpr std::string_view kLoaderFolder = "lib/x86_64-linux-gnu";

// Not the directories of this build, which may be others.
Places places_of(std::string_view command, std::string_view loader_folder, const InstallDirectories& directories = {})
{
    return host::library_places(command, loader_folder, host::kElfPreload, directories);
}

TEST(PlatformPreload, BelowAPrefixTheLibraryIsInItsLib)
{
    EXPECT_EQ(places_of("/opt/kashim/bin/kashim", kLoaderFolder),
              (Places{"/opt/kashim/lib/libkashim.so", "/opt/kashim/bin/libkashim.so"}));
    EXPECT_EQ(places_of("/usr/local/bin/kashim", kLoaderFolder).at(0), "/usr/local/lib/libkashim.so");
}

TEST(PlatformPreload, BelowUsrItIsInTheLoadersFolder)
{
    EXPECT_EQ(places_of("/usr/bin/kashim", kLoaderFolder).at(0), "/usr/lib/x86_64-linux-gnu/libkashim.so");
    EXPECT_EQ(places_of("/usr/bin/kashim", "lib64").at(0), "/usr/lib64/libkashim.so");
    EXPECT_EQ(places_of("/bin/kashim", "lib64").at(0), "/lib64/libkashim.so");
}

TEST(PlatformPreload, InABuildFolderItIsBesideTheCommand)
{
    EXPECT_EQ(places_of("/src/kashim/build/kashim", kLoaderFolder), (Places{"/src/kashim/build/libkashim.so"}));
}

TEST(PlatformPreload, ACommandWhosePathIsNotKnownHasNoLibrary)
{
    EXPECT_EQ(places_of("", kLoaderFolder), Places{});
    EXPECT_EQ(places_of("bin/kashim", kLoaderFolder), Places{});
}

TEST(PlatformPreload, ACommandBesideAnyLoaderLooksInTheFoldersOfAll)
{
    const auto library_places_of_all = [](std::string_view command, std::string_view folders) {
        return host::library_places_of_all(command, folders, {});
    };
    constexpr std::string_view kAnyLoader = "lib/x86_64-linux-gnu:lib64:lib";
    EXPECT_EQ(library_places_of_all("/usr/bin/kashim", kAnyLoader),
              (Places{"/usr/lib/x86_64-linux-gnu/libkashim.so", "/usr/lib64/libkashim.so", "/usr/lib/libkashim.so",
                      "/usr/bin/libkashim.so"}));
    EXPECT_EQ(library_places_of_all("/opt/kashim/bin/kashim", kAnyLoader),
              (Places{"/opt/kashim/lib/libkashim.so", "/opt/kashim/bin/libkashim.so"}));
    EXPECT_EQ(library_places_of_all("/kashim", kAnyLoader), Places{"/libkashim.so"});
    EXPECT_EQ(library_places_of_all("", kAnyLoader), Places{});
    EXPECT_EQ(library_places_of_all("/usr/bin/kashim", kLoaderFolder), places_of("/usr/bin/kashim", kLoaderFolder));
}

TEST(PlatformPreload, ItIsInTheFolderThatWasAskedFor)
{
    const InstallDirectories relative{"tools", "lib/private", "etc"};
    EXPECT_EQ(places_of("/opt/k/tools/kashim", "lib/private", relative),
              (Places{"/opt/k/lib/private/libkashim.so", "/opt/k/tools/libkashim.so"}));
    EXPECT_EQ(places_of("/usr/tools/kashim", "lib/private", relative).at(0), "/usr/lib/private/libkashim.so");
    const InstallDirectories absolute{"/opt/tools", "/opt/private", "/etc"};
    EXPECT_EQ(places_of("/usr/bin/kashim", "/opt/private", absolute).at(0), "/opt/private/libkashim.so");
    EXPECT_EQ(places_of("/srv/k/bin/kashim", "/opt/private", absolute).at(0), "/opt/private/libkashim.so");
    // A build folder keeps its own library.
    EXPECT_EQ(places_of("/opt/tools/kashim", "/opt/private", absolute),
              (Places{"/opt/tools/libkashim.so", "/opt/private/libkashim.so"}));
}

TEST(PlatformPreload, TheLoaderCutsNamesAtBlanksAndColons)
{
    EXPECT_TRUE(host::splits_in_preload("/opt/my tools/lib/libkashim.so"));
    EXPECT_TRUE(host::splits_in_preload("/opt/a:b/lib/libkashim.so"));
    EXPECT_FALSE(host::splits_in_preload("/opt/a\tb/lib/libkashim.so"));
}

TEST(PlatformPreload, TheLibraryStandsInFrontOfTheOthers)
{
    EXPECT_EQ(preload_with("", "/k/libkashim.so"), "/k/libkashim.so");
    EXPECT_EQ(preload_with("libA.so", "/k/libkashim.so"), "/k/libkashim.so:libA.so");
    EXPECT_EQ(preload_with("libA.so /b/libB.so", "/k/libkashim.so"), "/k/libkashim.so:libA.so:/b/libB.so");
    EXPECT_EQ(preload_with(" :libA.so::", "/k/libkashim.so"), "/k/libkashim.so:libA.so");
}

TEST(PlatformPreload, ALibraryThatIsThereAlreadyKeepsItsPlaceAndIsThereOnce)
{
    EXPECT_EQ(preload_with("/k/libkashim.so", "/k/libkashim.so"), "/k/libkashim.so");
    EXPECT_EQ(preload_with("libasan.so:libkashim.so:libB.so", "/k/libkashim.so"), "libasan.so:/k/libkashim.so:libB.so");
    EXPECT_EQ(preload_with("libkashim.so libA.so /old/libkashim.so", "libkashim.so"), "libkashim.so:libA.so");
}

TEST(PlatformPreload, EntriesAreKnownByTheirFileName)
{
    using Strings = std::vector<std::string>;
    EXPECT_EQ(library_entries(""), Strings{});
    EXPECT_EQ(library_entries("libkashim.so"), Strings{"libkashim.so"});
    EXPECT_EQ(library_entries("/a/libx.so:/b/libkashim.so  c/libkashim.so\n"),
              (Strings{"/b/libkashim.so", "c/libkashim.so"}));
    EXPECT_EQ(library_entries("/libkashim.so/x.so /a/libkashim.so.1"), Strings{});
}

TEST(PlatformPreload, OnMacosNamesAreWholePathsBetweenColons)
{
    const std::string library = "/my tools/lib/libkashim.dylib";
    EXPECT_EQ(preload_with("/a b/x.dylib:/y.dylib", library, kDyldPreload), library + ":/a b/x.dylib:/y.dylib");
    EXPECT_EQ(preload_with("/x.dylib:/old/libkashim.dylib", library, kDyldPreload), "/x.dylib:" + library);
    EXPECT_EQ(preload_with("/old/libkashim.so", library, kDyldPreload), library + ":/old/libkashim.so");
    EXPECT_FALSE(host::splits_in_preload(library, kDyldPreload));
    EXPECT_TRUE(host::splits_in_preload("/a:b/libkashim.dylib", kDyldPreload));
    EXPECT_EQ(library_entries("/a b/libkashim.dylib:/libkashim.so", kDyldPreload),
              std::vector<std::string>{"/a b/libkashim.dylib"});
}

TEST(PlatformPreload, OnMacosTheLoaderHasNoFolderOfItsOwn)
{
    EXPECT_EQ(host::library_places("/usr/bin/kashim", "lib", kDyldPreload, {}).at(0), "/usr/lib/libkashim.dylib");
    EXPECT_EQ(host::library_places("/usr/local/bin/kashim", "lib", kDyldPreload, {}),
              (Places{"/usr/local/lib/libkashim.dylib", "/usr/local/bin/libkashim.dylib"}));
}

}  // namespace
}  // namespace kashim::test
