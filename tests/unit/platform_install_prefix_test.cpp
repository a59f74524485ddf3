// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/install_prefix.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace kashim::test {
namespace {

using platform::InstallDirectories;

// Not those of this build, which may be others.
std::string configuration_of(std::string_view file, const InstallDirectories& directories = {})
{
    return platform::sysconfdir_of(file, directories);
}

std::optional<std::string> prefix_of(std::string_view file, const InstallDirectories& directories = {})
{
    const platform::InstallPrefix found = platform::install_prefix(file, directories);
    return found.known ? std::optional(std::string(found.prefix)) : std::nullopt;
}

TEST(PlatformInstallPrefix, AnInstalledLibraryKnowsWhereItStands)
{
    EXPECT_EQ(prefix_of("/usr/lib/libkashim.so"), "/usr");
    EXPECT_EQ(prefix_of("/usr/lib64/libkashim.so"), "/usr");
    EXPECT_EQ(prefix_of("/usr/lib32/libkashim.so"), "/usr");
    EXPECT_EQ(prefix_of("/usr/lib/x86_64-linux-gnu/libkashim.so"), "/usr");
    EXPECT_EQ(prefix_of("/usr/lib/arm-linux-gnueabihf/libkashim.so"), "/usr");
    EXPECT_EQ(prefix_of("/usr/local/lib/aarch64-linux-gnu/libkashim.so"), "/usr/local");
    EXPECT_EQ(prefix_of("/opt/kashim/lib/libkashim.so"), "/opt/kashim");
    EXPECT_EQ(prefix_of("/usr/bin/kashim"), "/usr");
    EXPECT_EQ(prefix_of("/lib/x86_64-linux-gnu/libkashim.so"), "");
}

TEST(PlatformInstallPrefix, AFileInABuildFolderHasNone)
{
    EXPECT_EQ(prefix_of("/home/me/kashim/build/libkashim.so"), std::nullopt);
    EXPECT_EQ(prefix_of("/usr/libexec/libkashim.so"), std::nullopt);
    EXPECT_EQ(prefix_of("/usr/lib/kashim/libkashim.so"), std::nullopt);
    EXPECT_EQ(prefix_of("/home/me/x86_64-linux-gnu/libkashim.so"), std::nullopt);
    EXPECT_EQ(prefix_of("/x86_64-linux-gnu/libkashim.so"), std::nullopt);
}

TEST(PlatformInstallPrefix, APathOfHardlyAnythingHasNone)
{
    EXPECT_EQ(prefix_of(""), std::nullopt);
    EXPECT_EQ(prefix_of("/"), std::nullopt);
    EXPECT_EQ(prefix_of("libkashim.so"), std::nullopt);
    EXPECT_EQ(prefix_of("/libkashim.so"), std::nullopt);
    EXPECT_EQ(prefix_of("./libkashim.so"), std::nullopt);
}

// Which folder that is depends on where the program happens to stand: nobody said that its files are ours.
TEST(PlatformInstallPrefix, ARelativePathHasNone)
{
    EXPECT_EQ(prefix_of("lib/libkashim.so"), std::nullopt);
    EXPECT_EQ(prefix_of("./lib/libkashim.so"), std::nullopt);
    EXPECT_EQ(prefix_of("opt/lib/libkashim.so"), std::nullopt);
    EXPECT_EQ(prefix_of("lib/x86_64-linux-gnu/libkashim.so"), std::nullopt);
}

TEST(PlatformInstallPrefix, TheConfigurationOfTheSystemIsInEtc)
{
    EXPECT_EQ(configuration_of("/usr/lib/x86_64-linux-gnu/libkashim.so"), "/etc");
    EXPECT_EQ(configuration_of("/usr/lib64/libkashim.so"), "/etc");
    EXPECT_EQ(configuration_of("/lib/libkashim.so"), "/etc");
    EXPECT_EQ(configuration_of("/usr/bin/kashim"), "/etc");
}

TEST(PlatformInstallPrefix, AnyOtherPrefixHasItsOwnEtc)
{
    EXPECT_EQ(configuration_of("/usr/local/lib/libkashim.so"), "/usr/local/etc");
    EXPECT_EQ(configuration_of("/opt/kashim/lib/libkashim.so"), "/opt/kashim/etc");
    EXPECT_EQ(configuration_of("/opt/kashim/bin/kashim"), "/opt/kashim/etc");
}

TEST(PlatformInstallPrefix, WithoutAPrefixThereIsNoFolder)
{
    EXPECT_EQ(configuration_of("/home/me/build/libkashim.so"), "");
    EXPECT_EQ(configuration_of("lib/libkashim.so"), "");
}

TEST(PlatformInstallPrefix, DirectoriesThatWereAskedForAreKnownBesideTheUsualOnes)
{
    const InstallDirectories directories{"tools/bin", "lib/private", "settings"};
    EXPECT_EQ(prefix_of("/opt/k/lib/private/libkashim.so", directories), "/opt/k");
    EXPECT_EQ(prefix_of("/opt/k/tools/bin/kashim", directories), "/opt/k");
    EXPECT_EQ(prefix_of("/lib/private/libkashim.so", directories), "");
    EXPECT_EQ(prefix_of("/opt/k/lib32/libkashim.so", directories), "/opt/k");
    EXPECT_EQ(prefix_of("/opt/mylib/private/libkashim.so", directories), std::nullopt);
    EXPECT_EQ(prefix_of("lib/private/libkashim.so", directories), std::nullopt);
    EXPECT_EQ(configuration_of("/opt/k/lib/private/libkashim.so", directories), "/opt/k/settings");
    EXPECT_EQ(configuration_of("/usr/lib/private/libkashim.so", directories), "/settings");
}

TEST(PlatformInstallPrefix, AnAbsoluteFolderOfTheConfigurationIsTheSameForEveryFile)
{
    const InstallDirectories directories{"bin", "lib", "/etc"};
    EXPECT_EQ(configuration_of("/opt/kashim/lib/libkashim.so", directories), "/etc");
    EXPECT_EQ(configuration_of("/home/me/build/libkashim.so", directories), "/etc");
    EXPECT_EQ(configuration_of("", directories), "/etc");
}

TEST(PlatformInstallPrefix, AnAbsoluteFolderOfTheLibraryIsBelowNoPrefix)
{
    const InstallDirectories directories{"/opt/tools", "/opt/private", "/etc"};
    EXPECT_EQ(prefix_of("/opt/private/libkashim.so", directories), std::nullopt);
    EXPECT_EQ(prefix_of("/opt/tools/kashim", directories), std::nullopt);
    EXPECT_EQ(prefix_of("/root/opt/private/libkashim.so", directories), std::nullopt);
}

}  // namespace
}  // namespace kashim::test
