// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What the loader sees of the built library. It is injected into every process, so each of these is the difference
// between a library that is not noticed and a machine on which no program starts any more.
#include "abi/elf_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <iterator>
#include <set>

namespace kashim::test {
namespace {

// Every function of the C library that the library may call. None of them allocates, throws or waits for a lock, but
// those for the time of loading; none is missing from a libc of the last ten years, musl included. What is not here
// must be argued for: each is also a symbol that the loader looks for in every process that starts.
const std::set<std::string> kAllowed{
    // text
    "inet_ntop", "inet_pton",
    // the kernel
    "__errno_location", "syscall",
    // at load only: what the process was started with, and the real functions
    "dl_iterate_phdr", "dlsym", "getauxval", "__environ",
    "gnu_get_libc_version",  // weak: only whether there is one
};

// What is mapped, measured on each machine with gcc 12 (340 kB on x86-64), plus about a fifth, because later compilers make
// up to a tenth more of it. Each page more is read and each relocation more is done in every process that starts.
struct Budget {
    unsigned machine;
    std::size_t bytes;
    std::size_t relocations;
};
constexpr Budget kBudgets[] = {{EM_X86_64, 410'000, 550}, {EM_386, 480'000, 550}, {EM_AARCH64, 470'000, 770}};

// What no loader can refuse: glibc of CentOS 7, and the first one of aarch64.
constexpr std::array kNewestVersion{2, 17, 0};

// On 32-bit x86 only the C library knows how an old kernel is asked (platform/system_calls_linux.h).
const std::set<std::string> kAllowedOn386{"getsockname", "getsockopt"};

/// Of this build, or for another machine: KASHIM_TESTED_LIBRARY.
const ElfFile& library()
{
    static const char* const another = std::getenv("KASHIM_TESTED_LIBRARY");
    static const ElfFile file(another != nullptr ? another : KASHIM_LIBRARY);
    return file;
}

std::set<std::string> hooks()
{
    std::set<std::string> names{"socket", "connect", "listen", "accept", "accept4", "setsockopt"};
    if (!library().wide())
        names.insert("__setsockopt64");  // what glibc calls it in 32-bit programs with 64-bit times
    return names;
}

std::set<std::string> names(bool defined)
{
    std::set<std::string> result;
    for (const Symbol& symbol : library().symbols()) {
        if (symbol.defined == defined)
            result.insert(symbol.name);
    }
    return result;
}

/// "GLIBC_2.2.5" as numbers; nothing for another kind of name.
std::optional<std::array<int, 3>> glibc_version(std::string_view text)
{
    constexpr std::string_view kPrefix = "GLIBC_";
    if (!text.starts_with(kPrefix))
        return std::nullopt;
    text.remove_prefix(kPrefix.size());
    std::array<int, 3> numbers{};
    for (int& number : numbers) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc{})
            return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (text.empty())
            return numbers;
        text.remove_prefix(1);
    }
    return std::nullopt;
}

TEST(Library, NeedsTheCLibraryAndNothingElse)
{
    EXPECT_EQ(library().needed(), std::vector<std::string>{"libc.so.6"});
}

TEST(Library, ExportsTheHooksAndNothingElse)
{
    EXPECT_EQ(names(true), hooks());
}

TEST(Library, ExportsUnversionedFunctions)
{
    for (const Symbol& symbol : library().symbols()) {
        if (symbol.defined) {
            EXPECT_EQ(symbol.version, "") << symbol.name << ": the loader would not bind a program's call to it";
            EXPECT_TRUE(symbol.function) << symbol.name;
        }
    }
    EXPECT_FALSE(library().dynamic(DT_VERDEF));
}

TEST(Library, CallsOnlyWhatIsAllowed)
{
    for (const std::string& name : names(false)) {
        const bool allowed = kAllowed.contains(name) || (library().machine() == EM_386 && kAllowedOn386.contains(name));
        EXPECT_TRUE(allowed) << name << " is not in the list of this test";
    }
}

TEST(Library, AsksForNoSymbolVersionAboveGlibc217)
{
    std::size_t versioned = 0;
    for (const Symbol& symbol : library().symbols()) {
        if (symbol.defined || symbol.version.empty())
            continue;
        ++versioned;
        const auto version = glibc_version(symbol.version);
        ASSERT_TRUE(version) << symbol.name << "@" << symbol.version;
        EXPECT_LE(*version, kNewestVersion) << symbol.name << "@" << symbol.version;
    }
    EXPECT_GT(versioned, 0u);
}

// dlsym is in libdl.so.2 before glibc 2.34, and gnu_get_libc_version is glibc's alone. A name that is missing and not weak
// ends every program that loads the library.
TEST(Library, StartsWhereDlsymAndGlibcsOwnNamesAreMissing)
{
    std::set<std::string> weak;
    for (const Symbol& symbol : library().symbols()) {
        if (!symbol.defined && symbol.weak)
            weak.insert(symbol.name);
    }
    EXPECT_EQ(weak, (std::set<std::string>{"dlsym", "gnu_get_libc_version"}));
}

TEST(Library, HasNoThreadLocalStorage)
{
    EXPECT_FALSE(library().segment(PT_TLS));
}

TEST(Library, HasNoRelativeRelocationTableThatOlderLoadersRefuse)
{
    constexpr std::int64_t kRelr = 36;  // DT_RELR, which elf.h knows only since glibc 2.36
    EXPECT_FALSE(library().dynamic(kRelr));
}

TEST(Library, WritesNothingIntoItsCode)
{
    EXPECT_FALSE(library().dynamic(DT_TEXTREL));
    EXPECT_EQ(library().dynamic(DT_FLAGS).value_or(0) & DF_TEXTREL, 0u);
}

TEST(Library, LeavesTheStackNotExecutable)
{
    const auto stack = library().segment(PT_GNU_STACK);
    ASSERT_TRUE(stack) << "a missing header makes the loader turn every stack of the process executable";
    EXPECT_EQ(stack->p_flags & PF_X, 0u);
}

TEST(Library, AsksForNoPlaceBeforeOtherLibrariesAndNoStaticTls)
{
    EXPECT_EQ(library().dynamic(DT_FLAGS).value_or(0) & DF_STATIC_TLS, 0u);
    EXPECT_EQ(library().dynamic(DT_FLAGS_1).value_or(0) & DF_1_INITFIRST, 0u);
}

TEST(Library, HasUnwindTablesForEveryHookSoThatThreadCancellationPassesThrough)
{
    std::size_t found = 0;
    for (const Symbol& symbol : library().symbols()) {
        if (symbol.defined) {
            ++found;
            EXPECT_TRUE(library().unwinds_at(symbol.address)) << symbol.name;
        }
    }
    EXPECT_EQ(found, hooks().size());
}

TEST(Library, StaysWithinItsSizeAndItsNumberOfRelocations)
{
    const auto* const budget = std::find_if(std::begin(kBudgets), std::end(kBudgets),
                                            [](const Budget& b) { return b.machine == library().machine(); });
    ASSERT_NE(budget, std::end(kBudgets)) << "nobody has measured it on machine " << library().machine();
    EXPECT_LE(library().mapped_size(), budget->bytes);
    EXPECT_GT(library().relocations(), 0u);
    EXPECT_LE(library().relocations(), budget->relocations);
}

}  // namespace
}  // namespace kashim::test
