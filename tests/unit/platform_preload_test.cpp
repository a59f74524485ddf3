// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/preload.h"

#include <gtest/gtest.h>

#include <ostream>

namespace kashim::platform {

void PrintTo(const LibraryPlace& place, std::ostream* stream)
{
    *stream << place.file << " as " << place.name;
}

}  // namespace kashim::platform

namespace kashim::test {
namespace {

using platform::library_places;
using platform::preload_with;
using Places = std::vector<platform::LibraryPlace>;

constexpr std::string_view kLoaderFolder = "lib/x86_64-linux-gnu";

TEST(PlatformPreload, BelowAPrefixTheLibraryIsInItsLib)
{
    EXPECT_EQ(library_places("/opt/kashim/bin/kashim", kLoaderFolder),
              (Places{{"/opt/kashim/lib/libkashim.so", "/opt/kashim/lib/libkashim.so"},
                      {"/opt/kashim/bin/libkashim.so", "/opt/kashim/bin/libkashim.so"}}));
    EXPECT_EQ(library_places("/usr/local/bin/kashim", kLoaderFolder).at(0),
              (platform::LibraryPlace{"/usr/local/lib/libkashim.so", "/usr/local/lib/libkashim.so"}));
}

TEST(PlatformPreload, BelowUsrItIsInTheLoadersFolderUnderItsBareName)
{
    EXPECT_EQ(library_places("/usr/bin/kashim", kLoaderFolder).at(0),
              (platform::LibraryPlace{"/usr/lib/x86_64-linux-gnu/libkashim.so", "libkashim.so"}));
    EXPECT_EQ(library_places("/usr/bin/kashim", "lib64").at(0),
              (platform::LibraryPlace{"/usr/lib64/libkashim.so", "libkashim.so"}));
    EXPECT_EQ(library_places("/bin/kashim", "lib64").at(0),
              (platform::LibraryPlace{"/lib64/libkashim.so", "libkashim.so"}));
}

TEST(PlatformPreload, InABuildFolderItIsBesideTheCommand)
{
    EXPECT_EQ(library_places("/src/kashim/build/kashim", kLoaderFolder),
              (Places{{"/src/kashim/build/libkashim.so", "/src/kashim/build/libkashim.so"}}));
}

TEST(PlatformPreload, ACommandWhosePathIsNotKnownHasNoLibrary)
{
    EXPECT_EQ(library_places("", kLoaderFolder), Places{});
    EXPECT_EQ(library_places("bin/kashim", kLoaderFolder), Places{});
}

TEST(PlatformPreload, TheLoaderCutsNamesAtBlanksAndColons)
{
    EXPECT_TRUE(platform::splits_in_preload("/opt/my tools/lib/libkashim.so"));
    EXPECT_TRUE(platform::splits_in_preload("/opt/a:b/lib/libkashim.so"));
    EXPECT_FALSE(platform::splits_in_preload("/opt/a\tb/lib/libkashim.so"));
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

}  // namespace
}  // namespace kashim::test
