// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Where `cmake --install` puts things: package builders and install instructions rely on it.
#include "support/process.h"

#include <gtest/gtest.h>

#include <set>

namespace kashim::test {
namespace {

namespace fs = std::filesystem;

Result install(const std::string& prefix, const std::vector<std::string>& environment = {})
{
    return run(
        {.arguments = {KASHIM_CMAKE, "--install", KASHIM_BINARY_DIR, "--prefix", prefix}, .environment = environment});
}

/// The regular files below the folder, relative to it.
std::set<std::string> files(const fs::path& folder)
{
    std::set<std::string> found;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file())
            found.insert(fs::relative(entry.path(), folder));
    }
    return found;
}

TEST(Install, PutsCommandLibraryAndConfigurationBelowAPrefix)
{
    const TempDir folder;
    const Result result = install(folder.path());
    ASSERT_TRUE(result.ok()) << result;
    const auto found = files(folder.path());
    for (const char* wanted : {"bin/kashim", "lib/libkashim.so", "etc/kashim/kashim.toml"})
        EXPECT_TRUE(found.contains(wanted)) << wanted << "\n" << result;
}

TEST(Install, PutsTheLibraryWhereTheLoaderLooksByItselfWhereThePrefixIsUsr)
{
    const TempDir folder;
    const Result result = install("/usr", {"DESTDIR=" + folder.path().string()});
    ASSERT_TRUE(result.ok()) << result;
    const auto found = files(folder.path());
    for (const char* wanted : {"usr/bin/kashim", "usr/" KASHIM_LOADER_FOLDER "/libkashim.so", "etc/kashim/kashim.toml"})
        EXPECT_TRUE(found.contains(wanted)) << wanted << "\n" << result;
}

/// What is put at the same places below every prefix.
const std::set<std::string> kShared{
    "share/bash-completion/completions/kashim", "share/fish/vendor_completions.d/kashim.fish",
    "share/man/man1/kashim.1",                  "share/man/man5/kashim.toml.5",
    "share/man/man7/libkashim.so.7",
};

TEST(Install, PutsManualPagesAndCompletionsWhereManAndTheShellsLook)
{
    const TempDir folder;
    ASSERT_TRUE(install(folder.path()).ok());
    ASSERT_TRUE(install("/usr", {"DESTDIR=" + (folder / "root").string()}).ok());
    const auto found = files(folder.path());
    for (const std::string& wanted : kShared) {
        EXPECT_TRUE(found.contains(wanted)) << wanted;
        EXPECT_TRUE(found.contains("root/usr/" + wanted)) << wanted;
    }
    EXPECT_TRUE(found.contains("share/zsh/site-functions/_kashim"));
    const bool debian = fs::exists("/etc/debian_version");
    EXPECT_TRUE(found.contains(std::string("root/usr/share/zsh/") +
                               (debian ? "vendor-completions/_kashim" : "site-functions/_kashim")));
}

TEST(Install, InstallsTheLibraryThatWasBuiltByteForByte)
{
    const TempDir folder;
    const Result result = install(folder.path());
    ASSERT_TRUE(result.ok()) << result;
    EXPECT_TRUE(read_file(folder / "lib/libkashim.so") == read_file(KASHIM_LIBRARY));
}

TEST(Install, NeverReplacesAConfigurationThatIsThere)
{
    const TempDir folder;
    fs::create_directories(folder / "etc/kashim");
    write_file(folder / "etc/kashim/kashim.toml", "# the operator's own\n");
    const Result result = install(folder.path());
    ASSERT_TRUE(result.ok()) << result;
    EXPECT_EQ(read_file(folder / "etc/kashim/kashim.toml"), "# the operator's own\n");
}

TEST(Install, CompilesTheConfigurationThatIsInForce)
{
    const TempDir folder;
    fs::create_directories(folder / "etc/kashim");
    write_file(folder / "etc/kashim/kashim.toml", "[defaults]\nidle = 11\n");
    const Result result = install(folder.path());
    ASSERT_TRUE(result.ok()) << result;
    const std::string compiled = folder / "etc/kashim/kashim.toml.compiled";
    EXPECT_TRUE(fs::exists(compiled)) << result;
    EXPECT_NE(result.out.find("Compiled: " + compiled + ": "), std::string::npos) << result;
}

TEST(Install, IsNotStoppedByAConfigurationWithAnError)
{
    const TempDir folder;
    fs::create_directories(folder / "etc/kashim");
    write_file(folder / "etc/kashim/kashim.toml", "idel = 11\n");
    const Result result = install(folder.path());
    ASSERT_TRUE(result.ok()) << result;
    EXPECT_FALSE(fs::exists(folder / "etc/kashim/kashim.toml.compiled"));
    EXPECT_NE(result.out.find("Not compiled, programs will parse the configuration (1): "), std::string::npos)
        << result;
}

TEST(Install, LeavesTheCompilingToThePackageThatIsBeingBuilt)
{
    const TempDir folder;
    const Result result = install("/usr", {"DESTDIR=" + folder.path().string()});
    ASSERT_TRUE(result.ok()) << result;
    EXPECT_FALSE(files(folder.path()).contains("etc/kashim/kashim.toml.compiled"));
}

TEST(Install, TheInstalledCommandRunsWithoutTheBuildFolder)
{
    const TempDir folder;
    const Result installed = install(folder.path());
    ASSERT_TRUE(installed.ok()) << installed;
    const Result result = run({.arguments = {folder / "bin/kashim", "--version"}});
    EXPECT_TRUE(result.ok()) << result;
    EXPECT_TRUE(result.out.starts_with("kashim ")) << result;
}

}  // namespace
}  // namespace kashim::test
