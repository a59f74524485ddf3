// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What the library costs a program that starts, in what can be counted. Times are measured in tests/bench; a count that
// grows here is seen there too.
#include "preload.h"

#include "platform/descriptor.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <sstream>

namespace kashim::test {
namespace {

using Names = std::vector<std::string>;

const std::set<std::string> kState{"newfstatat", "fstat", "statx"};

class Start : public Preload {
protected:
    void compile(std::string_view configuration)
    {
        const Result result = run({.arguments = {KASHIM_COMMAND, "compile", configuration_file(configuration)}});
        ASSERT_TRUE(result.ok()) << result;
    }

    /// The system calls of the constructor: what is called after the loader has given back its cache. "steps" without
    /// any calls nothing then. What tells a file's state has other names on other machines: here it is "stat".
    Names calls()
    {
        const std::string log = folder() / "trace";
        const Result result = run({.arguments = {"strace", "-qq", "-o", log, "-E", "LD_PRELOAD=" + library(), "-E",
                                                 "KASHIM_CONFIG=" + toml(), program("steps")}});
        EXPECT_TRUE(result.ok()) << result;
        Names names;
        bool loaded = false;
        std::istringstream lines(read_file(log));
        for (std::string line; std::getline(lines, line);) {
            const std::string name = line.substr(0, line.find('('));
            if (loaded && name != "exit_group")
                names.push_back(kState.contains(name) ? "stat" : name);
            loaded = loaded || name == "munmap";
        }
        return names;
    }

    /// The private memory that a program has written to, in bytes; it reads its own /proc/self/smaps_rollup.
    long private_memory(const std::vector<std::string>& arguments, bool preloaded)
    {
        Command command{.arguments = arguments};
        if (preloaded)
            command.environment = {"LD_PRELOAD=" + library(), "KASHIM_CONFIG=" + toml()};
        const Result result = run(command);
        EXPECT_TRUE(result.ok()) << result;
        constexpr std::string_view kLine = "Private_Dirty:";
        const std::size_t at = result.out.find(kLine);
        EXPECT_NE(at, std::string::npos) << result;
        return at == std::string::npos ? 0 : 1024 * std::stol(result.out.substr(at + kLine.size()));
    }

    long added_private_memory(const std::vector<std::string>& arguments)
    {
        // Of a library that has just been linked the kernel counts every page as changed until it is on the disk.
        const platform::Descriptor file(::open(library().c_str(), O_RDONLY | O_CLOEXEC));
        EXPECT_EQ(::fsync(file.get()), 0);
        return private_memory(arguments, true) - private_memory(arguments, false);
    }

    std::string toml() const { return folder() / "kashim.toml"; }
};

constexpr std::string_view kRules =
    "[[rule]]\nport = 5432\npeer = [\"10.0.0.0/8\", \"fd00::/8\"]\ndead_after = \"45s\"\n";

TEST_F(Start, WithACompiledConfigurationTakesSixSystemCalls)
{
    compile(kRules);
    // The configuration's state; its compiled form; whether descriptor 0 is a connection.
    EXPECT_EQ(calls(), (Names{"stat", "openat", "stat", "read", "close", "getsockopt"}));
}

TEST_F(Start, WithRulesForProgramsLooksAtItsOwnFileToo)
{
    compile(std::string(kRules) + "[[rule]]\nprogram = [\"backend\", \"/opt/backend/*\"]\nidle = 30\n");
    Names expected{"stat", "openat", "stat", "read", "close"};  // the configuration
    const std::string path = program("steps");
    for (std::ptrdiff_t parts = std::count(path.begin(), path.end(), '/'); parts > 0; --parts)
        expected.push_back("readlink");
    expected.insert(expected.end(), {"prctl", "getsockopt"});
    EXPECT_EQ(calls(), expected);
}

TEST_F(Start, WithoutAnythingToDoTakesNone)
{
    configuration_file(kRules);
    EXPECT_LE(calls().size(), 14u);  // parsed
    compile("[defaults]\nkeepalive = \"leave\"\n");
    EXPECT_EQ(calls(), (Names{"stat", "openat", "stat", "read", "close"}));
}

TEST_F(Start, AddsLittlePrivateMemoryToAProgramWithoutSockets)
{
    compile(kRules);
    const long added = added_private_memory({"cat", "/proc/self/smaps_rollup"});
    EXPECT_LT(added, 64 * 1024);
    RecordProperty("bytes", std::to_string(added));
}

TEST_F(Start, AddsLittlePrivateMemoryToAProgramWithASocket)
{
    compile(kRules);
    const Peer peer;
    const long added = added_private_memory({"bash", "-c",
                                             "exec 3<>/dev/tcp/127.0.0.1/" + std::to_string(peer.port()) +
                                                 " && mapfile lines </proc/$$/smaps_rollup && echo \"${lines[@]}\""});
    EXPECT_LT(added, 128 * 1024);
    RecordProperty("bytes", std::to_string(added));
}

TEST_F(Start, ParsingLeavesNoMoreMemoryBehindThanReadingTheCompiledForm)
{
    configuration_file(kRules);
    EXPECT_LT(added_private_memory({"cat", "/proc/self/smaps_rollup"}), 64 * 1024);
}

}  // namespace
}  // namespace kashim::test
