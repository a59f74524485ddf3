// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Where `cmake --install` puts things: package builders and install instructions rely on it.
#include "support/prefix.h"
#include "support/process.h"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <set>
#include <sstream>

namespace kashim::test {
namespace {

namespace fs = std::filesystem;

Result install(const std::string& prefix, const std::vector<std::string>& environment = {})
{
    return run(
        {.arguments = {KASHIM_CMAKE, "--install", KASHIM_BINARY_DIR, "--prefix", prefix}, .environment = environment});
}

class Install : public ::testing::Test {
protected:
    void SetUp() override { KASHIM_NEEDS_USUAL_DIRECTORIES(); }
};

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

TEST_F(Install, PutsCommandLibraryAndConfigurationBelowAPrefix)
{
    const TempDir folder;
    const Result result = install(folder.path());
    ASSERT_TRUE(result.ok()) << result;
    const auto found = files(folder.path());
    for (const char* wanted : {"bin/kashim", "lib/libkashim.so", "etc/kashim/kashim.toml"})
        EXPECT_TRUE(found.contains(wanted)) << wanted << "\n" << result;
}

TEST_F(Install, PutsTheLibraryWhereTheLoaderLooksByItselfWhereThePrefixIsUsr)
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
    "share/bash-completion/completions/kashim",
    "share/fish/vendor_completions.d/kashim.fish",
    "share/man/man1/kashim.1",
    "share/man/man5/kashim.toml.5",
    "share/man/man7/libkashim.so.7",
};

TEST_F(Install, PutsManualPagesAndCompletionsWhereManAndTheShellsLook)
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

TEST_F(Install, InstallsTheLibraryThatWasBuiltByteForByte)
{
    const TempDir folder;
    const Result result = install(folder.path());
    ASSERT_TRUE(result.ok()) << result;
    EXPECT_TRUE(read_file(folder / "lib/libkashim.so") == read_file(KASHIM_LIBRARY));
}

// A program that has the old one mapped would be killed if that were written to.
TEST_F(Install, GivesTheNameToANewFileWhereALibraryIsReplaced)
{
    const TempDir folder;
    fs::create_directories(folder / "lib");
    write_file(folder / "lib/libkashim.so", "the old one");
    fs::create_hard_link(folder / "lib/libkashim.so", folder / "old");
    const Result result = install(folder.path());
    ASSERT_TRUE(result.ok()) << result;
    EXPECT_EQ(read_file(folder / "old"), "the old one");
    EXPECT_TRUE(read_file(folder / "lib/libkashim.so") == read_file(KASHIM_LIBRARY));
    EXPECT_FALSE(fs::exists(folder / "lib/libkashim.so.new"));
}

TEST_F(Install, NeverReplacesAConfigurationThatIsThere)
{
    const TempDir folder;
    fs::create_directories(folder / "etc/kashim");
    write_file(folder / "etc/kashim/kashim.toml", "# the operator's own\n");
    const Result result = install(folder.path());
    ASSERT_TRUE(result.ok()) << result;
    EXPECT_EQ(read_file(folder / "etc/kashim/kashim.toml"), "# the operator's own\n");
}

TEST_F(Install, CompilesTheConfigurationThatIsInForce)
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

TEST_F(Install, IsNotStoppedByAConfigurationWithAnError)
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

TEST_F(Install, LeavesTheCompilingToThePackageThatIsBeingBuilt)
{
    const TempDir folder;
    const Result result = install("/usr", {"DESTDIR=" + folder.path().string()});
    ASSERT_TRUE(result.ok()) << result;
    EXPECT_FALSE(files(folder.path()).contains("etc/kashim/kashim.toml.compiled"));
}

TEST_F(Install, TheInstalledCommandRunsWithoutTheBuildFolder)
{
    const TempDir folder;
    const Result installed = install(folder.path());
    ASSERT_TRUE(installed.ok()) << installed;
    const Result result = run({.arguments = {folder / "bin/kashim", "--version"}});
    EXPECT_TRUE(result.ok()) << result;
    EXPECT_TRUE(result.out.starts_with("kashim ")) << result;
}

Result install_component(const std::string& prefix, const std::string& component)
{
    return run(
        {.arguments = {KASHIM_CMAKE, "--install", KASHIM_BINARY_DIR, "--prefix", prefix, "--component", component}});
}

TEST_F(Install, TheComponentLibraryIsTheLibraryAndItsManualPage)
{
    const TempDir folder;
    const Result result = install_component(folder.path(), "library");
    ASSERT_TRUE(result.ok()) << result;
    EXPECT_EQ(files(folder.path()), (std::set<std::string>{"lib/libkashim.so", "share/man/man7/libkashim.so.7"}));
}

TEST_F(Install, TheComponentCommandIsWhatTheCommandNeedsWithoutTheLibrary)
{
    const TempDir folder;
    const Result result = install_component(folder.path(), "command");
    ASSERT_TRUE(result.ok()) << result;
    EXPECT_EQ(
        files(folder.path()),
        (std::set<std::string>{"bin/kashim", "etc/kashim/kashim.toml", "etc/kashim/kashim.toml.compiled",
                               "lib/systemd/system/kashim-guard.service", "share/bash-completion/completions/kashim",
                               "share/fish/vendor_completions.d/kashim.fish", "share/man/man1/kashim.1",
                               "share/man/man5/kashim.toml.5", "share/zsh/site-functions/_kashim"}));
}

TEST_F(Install, TheComponentDocHasTheLicenceAndEveryExample)
{
    const TempDir folder;
    const Result result = install_component(folder.path(), "doc");
    ASSERT_TRUE(result.ok()) << result;
    std::set<std::string> expected{"share/doc/kashim/LICENSE", "share/doc/kashim/README.md",
                                   "share/doc/kashim/CHANGELOG.md", "share/doc/kashim/examples/10-kashim.conf"};
    for (const fs::directory_entry& entry : fs::directory_iterator(KASHIM_SOURCE_DIR "/config/examples")) {
        if (entry.path().extension() == ".toml")
            expected.insert("share/doc/kashim/examples/" + entry.path().filename().string());
    }
    EXPECT_EQ(files(folder.path()), expected);
    EXPECT_EQ(read_file(folder / "share/doc/kashim/LICENSE"), read_file(KASHIM_SOURCE_DIR "/LICENSE"));
}

TEST_F(Install, TheUnitAndTheDropInNameWhatIsInstalled)
{
    const TempDir folder;
    ASSERT_TRUE(install(folder.path()).ok());
    ASSERT_TRUE(install("/usr", {"DESTDIR=" + (folder / "root").string()}).ok());
    const std::string unit = "lib/systemd/system/kashim-guard.service";
    const std::string drop_in = "share/doc/kashim/examples/10-kashim.conf";
    const auto holds = [&folder](const std::string& file, const std::string& line) {
        const std::string text = read_file(folder / file);
        EXPECT_NE(text.find("\n" + line + "\n"), text.npos) << file << " has no line " << line << ":\n" << text;
        EXPECT_EQ(text.find("@KASHIM"), text.npos) << text;
    };
    holds(unit, "ExecStart=" + (folder / "bin/kashim").string() + " guard --all");
    holds("root/usr/" + unit, "ExecStart=/usr/bin/kashim guard --all");
    holds(drop_in, "Environment=LD_PRELOAD=" + (folder / "lib/libkashim.so").string());
    holds("root/usr/" + drop_in, "Environment=LD_PRELOAD=libkashim.so");
}

TEST_F(Install, EverybodyMayReadWhatIsInstalledWhateverTheUmask)
{
    const TempDir folder;
    const Result result = run({.arguments = {KASHIM_CMAKE, "--install", KASHIM_BINARY_DIR, "--prefix", folder.path()},
                               .before_exec = [] { ::umask(077); }});
    ASSERT_TRUE(result.ok()) << result;
    const auto mode = [&folder](const char* file) { return fs::status(folder / file).permissions(); };
    EXPECT_EQ(mode("etc/kashim"), fs::perms(0755));
    for (const std::string& file : files(folder.path())) {
        if (!file.ends_with(".compiled")) {  // as "kashim compile" writes it
            EXPECT_EQ(mode(file.c_str()) & fs::perms(0444), fs::perms(0444)) << file;
        }
    }
}

/// Configures a second build, as a packager would, and installs it with DESTDIR. What it would build is taken from this
/// build, because only where files are put is looked at.
class InstallAsked : public ::testing::Test {
protected:
    Result configure(std::vector<std::string> options)
    {
        Command command{{KASHIM_CMAKE, "-S", KASHIM_SOURCE_DIR, "-B", build(), "-DCMAKE_C_COMPILER=" KASHIM_C_COMPILER,
                         "-DCMAKE_CXX_COMPILER=" KASHIM_CXX_COMPILER}};
        command.arguments.insert(command.arguments.end(), options.begin(), options.end());
        const Result result = run(command);
        if (result.ok()) {
            fs::copy(KASHIM_COMMAND, build(), fs::copy_options::skip_existing);
            fs::copy(KASHIM_LIBRARY, build(), fs::copy_options::skip_existing);
        }
        return result;
    }

    Result install(std::vector<std::string> options = {})
    {
        Command command{{KASHIM_CMAKE, "--install", build()}};
        command.arguments.insert(command.arguments.end(), options.begin(), options.end());
        command.environment = {"DESTDIR=" + root().string()};
        return run(command);
    }

    /// What the library and the command were told: the value of a macro, from the line that compiles a file.
    std::string told(const std::string& macro) const
    {
        const std::string commands = read_file(folder_ / "build/compile_commands.json");
        const std::string from = "-D" + macro + "=\\\\\\\"";
        const auto start = commands.find(from);
        if (start == commands.npos)
            return "nothing";
        const auto end = commands.find("\\\\\\\"", start + from.size());
        return commands.substr(start + from.size(), end - start - from.size());
    }

    std::string build() const { return folder_ / "build"; }
    fs::path root() const { return folder_ / "root"; }
    std::set<std::string> installed() const { return files(root()); }

private:
    TempDir folder_;
};

// dh_auto_configure of debhelper.
TEST_F(InstallAsked, AsDebianConfiguresIt)
{
    const Result configured =
        configure({"-DCMAKE_INSTALL_PREFIX=/usr", "-DCMAKE_BUILD_TYPE=None", "-DCMAKE_INSTALL_SYSCONFDIR=/etc",
                   "-DCMAKE_INSTALL_LOCALSTATEDIR=/var", "-DCMAKE_INSTALL_RUNSTATEDIR=/run",
                   "-DCMAKE_INSTALL_LIBDIR=lib/s390x-linux-gnu", "-DKASHIM_COMPILE_ON_INSTALL=OFF"});
    ASSERT_TRUE(configured.ok()) << configured;
    const Result result = install();
    ASSERT_TRUE(result.ok()) << result;
    for (const char* wanted : {"usr/bin/kashim", "usr/lib/s390x-linux-gnu/libkashim.so", "etc/kashim/kashim.toml",
                               "usr/lib/systemd/system/kashim-guard.service", "usr/share/man/man1/kashim.1"})
        EXPECT_TRUE(installed().contains(wanted)) << wanted << "\n" << result;
    EXPECT_EQ(told("KASHIM_LIBDIR"), "lib/s390x-linux-gnu");
    EXPECT_EQ(told("KASHIM_LOADER_FOLDER"), "lib/s390x-linux-gnu");
    EXPECT_EQ(told("KASHIM_SYSCONFDIR"), "/etc");
}

TEST_F(InstallAsked, RelativeDirectoriesAreBelowWhateverPrefix)
{
    const Result configured =
        configure({"-DCMAKE_INSTALL_BINDIR=tools", "-DCMAKE_INSTALL_LIBDIR=lib/private",
                   "-DCMAKE_INSTALL_SYSCONFDIR=settings", "-DCMAKE_INSTALL_DATADIR=data", "-DCMAKE_INSTALL_MANDIR=man",
                   "-DCMAKE_INSTALL_DOCDIR=doc/it", "-DKASHIM_UNITDIR=units"});
    ASSERT_TRUE(configured.ok()) << configured;
    const Result result = install({"--prefix", "/opt/k"});
    ASSERT_TRUE(result.ok()) << result;
    for (const char* wanted :
         {"tools/kashim", "lib/private/libkashim.so", "settings/kashim/kashim.toml", "man/man1/kashim.1",
          "man/man5/kashim.toml.5", "man/man7/libkashim.so.7", "data/bash-completion/completions/kashim",
          "data/fish/vendor_completions.d/kashim.fish", "data/zsh/site-functions/_kashim", "doc/it/LICENSE",
          "doc/it/examples/redis.toml", "units/kashim-guard.service"})
        EXPECT_TRUE(installed().contains("opt/k/" + std::string(wanted))) << wanted << "\n" << result;
    EXPECT_NE(read_file(root() / "opt/k/units/kashim-guard.service").find("ExecStart=/opt/k/tools/kashim guard"),
              std::string::npos);
    EXPECT_EQ(told("KASHIM_BINDIR"), "tools");
    EXPECT_EQ(told("KASHIM_LIBDIR"), "lib/private");
    EXPECT_EQ(told("KASHIM_LOADER_FOLDER"), "lib/private");
    EXPECT_EQ(told("KASHIM_RELATIVE_SYSCONFDIR"), "settings");
    EXPECT_EQ(told("KASHIM_SYSCONFDIR"), "/usr/local/settings");

    const Result usr = install({"--prefix", "/usr"});
    ASSERT_TRUE(usr.ok()) << usr;
    EXPECT_TRUE(installed().contains("usr/lib/private/libkashim.so")) << usr;
    EXPECT_TRUE(installed().contains("settings/kashim/kashim.toml")) << usr;
}

TEST_F(InstallAsked, AbsoluteDirectoriesAreWhereTheyAreWhateverPrefix)
{
    const Result configured = configure({"-DCMAKE_INSTALL_PREFIX=/first", "-DCMAKE_INSTALL_BINDIR=/a/bin",
                                         "-DCMAKE_INSTALL_LIBDIR=/b/lib", "-DCMAKE_INSTALL_MANDIR=/c/man",
                                         "-DCMAKE_INSTALL_DATADIR=/d/data", "-DCMAKE_INSTALL_DOCDIR=/e/doc"});
    ASSERT_TRUE(configured.ok()) << configured;
    const Result result = install({"--prefix", "/second"});
    ASSERT_TRUE(result.ok()) << result;
    // The library cannot tell the prefix by its own path, so the configuration has a fixed place too.
    for (const char* wanted : {"a/bin/kashim", "b/lib/libkashim.so", "first/etc/kashim/kashim.toml",
                               "c/man/man1/kashim.1", "d/data/bash-completion/completions/kashim", "e/doc/LICENSE",
                               "second/lib/systemd/system/kashim-guard.service"})
        EXPECT_TRUE(installed().contains(wanted)) << wanted << "\n" << result;
    EXPECT_EQ(told("KASHIM_LIBDIR"), "/b/lib");
    EXPECT_EQ(told("KASHIM_RELATIVE_SYSCONFDIR"), "");
    EXPECT_EQ(told("KASHIM_SYSCONFDIR"), "/first/etc");
}

// CMake keeps the default of a directory where it keeps what was asked for.
TEST_F(InstallAsked, WhatWasNotAskedForIsNotTakenForItTheNextTime)
{
    KASHIM_NEEDS_USUAL_DIRECTORIES();
    for (int time = 0; time != 2; ++time) {
        const Result configured = configure({"-DCMAKE_INSTALL_PREFIX=/opt/k"});
        ASSERT_TRUE(configured.ok()) << configured;
    }
    const Result result = install({"--prefix", "/usr"});
    ASSERT_TRUE(result.ok()) << result;
    EXPECT_TRUE(installed().contains("usr/" KASHIM_LOADER_FOLDER "/libkashim.so")) << result;
    EXPECT_TRUE(installed().contains("etc/kashim/kashim.toml")) << result;
    EXPECT_EQ(told("KASHIM_SYSCONFDIR"), "/opt/k/etc");
}

// The library has another name while it is written, and an uninstallation removes what the manifest names.
TEST_F(InstallAsked, TheManifestNamesEveryFileThatIsInstalled)
{
    const Result configured = configure({});
    ASSERT_TRUE(configured.ok()) << configured;
    const Result result = install();
    ASSERT_TRUE(result.ok()) << result;
    std::set<std::string> named;
    std::istringstream manifest(read_file(build() + "/install_manifest.txt"));
    for (std::string line; std::getline(manifest, line);)
        named.insert(line.substr(1));
    EXPECT_EQ(named, installed());
}

TEST_F(InstallAsked, NothingIsCompiledWhereThatIsSwitchedOff)
{
    const Result configured = configure({"-DKASHIM_COMPILE_ON_INSTALL=OFF"});
    ASSERT_TRUE(configured.ok()) << configured;
    const TempDir prefix;
    const Result result = run({.arguments = {KASHIM_CMAKE, "--install", build(), "--prefix", prefix.path()}});
    ASSERT_TRUE(result.ok()) << result;
    EXPECT_TRUE(files(prefix.path()).contains("etc/kashim/kashim.toml")) << result;
    EXPECT_FALSE(files(prefix.path()).contains("etc/kashim/kashim.toml.compiled")) << result;
    EXPECT_EQ(result.out.find("ompiled"), std::string::npos) << result;
}

}  // namespace
}  // namespace kashim::test
