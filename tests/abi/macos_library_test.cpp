// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What dyld sees of the library for macOS, which nothing here can run: packaging/macos.sh built it, llvm-objdump reads it.
// It is injected into every process, so each of these is the difference between a library that is not noticed and one
// that no program starts with.
#include "support/process.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <sstream>

namespace kashim::test {
namespace {

using Names = std::set<std::string>;

// The functions that are replaced. Nothing at socket() and listen(): a listener on which keepalive is set is probed, and
// closed, by the kernel.
const Names kReplaced{"_accept", "_accept$NOCANCEL", "_connect", "_connect$NOCANCEL", "_connectx", "_setsockopt"};

// Every function of libSystem that the library may call, all of them in the first macOS for Apple's processors. None
// allocates, but the loader's own at load.
const Names kAllowed{// text and memory
                     "___bzero", "_bzero", "_inet_ntop", "_inet_pton", "_memchr", "_memcmp", "_memcpy", "_memmove",
                     "_memset", "_strlen",
                     // sockets
                     "_getpeername", "_getsockname", "_getsockopt", "_proc_pidfdinfo", "_sysctlbyname",
                     // files, messages, memory; no cancellation points
                     "___error", "_close$NOCANCEL", "_fcntl$NOCANCEL", "_fstat", "_fstat$INODE64", "_getpgrp",
                     "_getpid", "_getrlimit", "_mmap", "_munmap", "_open$NOCANCEL", "_poll$NOCANCEL", "_read$NOCANCEL",
                     "_stat", "_stat$INODE64", "_tcgetattr", "_tcgetpgrp", "_time", "_write$NOCANCEL",
                     // at load only: what the process was started with, a way out of the parser, the loader itself
                     "__NSGetArgc", "__NSGetArgv", "__dyld_get_image_name", "__longjmp", "__setjmp", "_dladdr",
                     "_getenv", "_getuid", "_issetugid", "_proc_pidpath", "dyld_stub_binder"};

// What zig's linker exports of every library. Nobody finds them: a name is looked up in the library it was linked with.
const Names kLinkersOwn{"__mh_dylib_header", "___dso_handle"};

class MacosLibrary : public testing::TestWithParam<const char*> {
protected:
    /// What llvm-objdump says of this processor's half.
    static std::string said(const std::vector<std::string>& options)
    {
        Command command{.arguments = {"llvm-objdump", "--macho", "--arch=" + std::string(GetParam())}};
        command.arguments.insert(command.arguments.end(), options.begin(), options.end());
        command.arguments.emplace_back(KASHIM_MACOS_LIBRARY);
        const Result result = run(command);
        EXPECT_TRUE(result.ok()) << result;
        return result.out;
    }

    /// The first group of each line that the expression finds.
    static std::vector<std::string> found(const std::string& text, const std::string& expression)
    {
        std::vector<std::string> matches;
        const std::regex pattern(expression);
        std::istringstream lines(text);
        std::smatch match;
        for (std::string line; std::getline(lines, line);) {
            if (std::regex_search(line, match, pattern))
                matches.push_back(match[1]);
        }
        return matches;
    }

    static Names names(const std::vector<std::string>& list) { return {list.begin(), list.end()}; }

    static std::string headers() { return said({"--private-headers"}); }

    /// What llvm-objdump says of one section: "size", "type" ...
    static std::string of_section(const std::string& section, const std::string& field)
    {
        const std::string all = headers();
        const std::size_t start = all.find("sectname " + section + "\n");
        if (start == std::string::npos)
            return "no such section";
        return found(all.substr(start), "^ *" + field + " (.*)$").front();
    }
};

TEST_P(MacosLibrary, IsALibraryThatNeedsLibSystemAlone)
{
    const std::string all = headers();
    EXPECT_EQ(found(all, "MH_MAGIC_64 .* (DYLIB) "), std::vector<std::string>{"DYLIB"});
    EXPECT_EQ(found(said({"--dylibs-used"}), "^\t(\\S+) "),
              (std::vector<std::string>{"@rpath/libkashim.dylib", "/usr/lib/libSystem.B.dylib"}));
    for (const char* load : {"LC_LOAD_WEAK_DYLIB", "LC_REEXPORT_DYLIB", "LC_RPATH", "LC_LOAD_UPWARD_DYLIB"})
        EXPECT_EQ(all.find(load), std::string::npos) << load;
}

TEST_P(MacosLibrary, RunsOnMacos11AndNewer)
{
    EXPECT_EQ(found(headers(), "^ *platform (.*)$"), std::vector<std::string>{"macos"});
    EXPECT_EQ(found(headers(), "^ *minos (.*)$"), std::vector<std::string>{"11.0"});
}

TEST_P(MacosLibrary, ReplacesTheseFunctionsOfLibSystemAndNoOthers)
{
    const std::vector<std::string> replaced =
        found(said({"--bind"}), "__DATA +__interpose +\\S+ +pointer +0 +libSystem +(\\S+)$");
    EXPECT_EQ(names(replaced), kReplaced);
    EXPECT_EQ(replaced.size(), kReplaced.size());
    // dyld takes tuples by the section's type or its name; a tuple is two pointers, ours and theirs.
    EXPECT_EQ(of_section("__interpose", "type"), "S_INTERPOSING");
    EXPECT_EQ(std::stoul(of_section("__interpose", "size"), nullptr, 16), kReplaced.size() * 16);
    EXPECT_EQ(found(said({"--rebase"}), "__DATA +(__interpose)").size(), kReplaced.size());
}

TEST_P(MacosLibrary, ExportsNothing)
{
    Names exported = names(found(said({"--exports-trie"}), "^0x\\S+ +(\\S+)$"));
    for (const std::string& name : kLinkersOwn)
        exported.erase(name);
    EXPECT_EQ(exported, Names{});
}

TEST_P(MacosLibrary, SharesNothingWithTheProgramsCxx)
{
    // A weak symbol would be the program's, or ours would be everybody's: one operator new for all.
    EXPECT_EQ(found(headers(), "^ *weak_bind_size (.*)$"), std::vector<std::string>{"0"});
    EXPECT_EQ(headers().find("WEAK_DEFINES"), std::string::npos);
    EXPECT_EQ(headers().find("BINDS_TO_WEAK"), std::string::npos);
}

TEST_P(MacosLibrary, CallsOnlyWhatEveryMacHas)
{
    const Names called = names(found(said({"--bind", "--lazy-bind"}), "^__DATA.* libSystem +(\\S+)$"));
    EXPECT_TRUE(called.contains("_setsockopt"));
    for (const std::string& name : called)
        EXPECT_TRUE(kAllowed.contains(name) || kReplaced.contains(name)) << name;
}

TEST_P(MacosLibrary, HasOneConstructorAndNothingForEachThread)
{
    EXPECT_EQ(std::stoul(of_section("__mod_init_func", "size"), nullptr, 16), 8u);
    EXPECT_EQ(headers().find("__mod_term_func"), std::string::npos);
    EXPECT_EQ(headers().find("S_THREAD_LOCAL"), std::string::npos);
}

TEST_P(MacosLibrary, CanBeUnwoundThrough)
{
    EXPECT_NE(of_section("__unwind_info", "size"), "no such section");
}

TEST_P(MacosLibrary, IsSignedWhereTheKernelAsksForIt)
{
    // Apple's processors run no page that is not signed; a signature without a name ("ad hoc") does.
    const bool is_signed = headers().find("LC_CODE_SIGNATURE") != std::string::npos;
    EXPECT_TRUE(is_signed || std::string_view(GetParam()) == "x86_64");
}

INSTANTIATE_TEST_SUITE_P(Slice, MacosLibrary, testing::Values("x86_64", "arm64"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace kashim::test
