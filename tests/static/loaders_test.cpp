// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Containers with one loader: musl's and a busybox, as Alpine has them; glibc's and one program, as distroless images do.
// The one library of the ordinary build is beside the static command.
#include "static/container.h"

#include "programs/debian.h"
#include "programs/guard.h"
#include "programs/loopback.h"

namespace kashim::test {
namespace {

constexpr const char* kMuslLoader = "/lib/ld-musl-x86_64.so.1";
constexpr const char* kGlibcLoader = "/lib64/ld-linux-x86-64.so.2";
constexpr const char* kGlibc = "/lib/x86_64-linux-gnu/libc.so.6";

constexpr std::string_view kFirst =
    "/app/holds: no rule concerns it: every connection gets [defaults] at /etc/kashim/kashim.toml:1\n";

struct System {
    std::string name;
    std::string compiler;
    std::vector<std::string> files;  // the host's, at the same place inside
    std::string library;             // where a package would put ours
};

void PrintTo(const System& system, std::ostream* stream)
{
    *stream << system.name;
}

class ContainerWithALoader : public StaticTest, public testing::WithParamInterface<System> {
protected:
    void fill(const Container& container) override
    {
        for (const std::string& file : GetParam().files)
            container.add(file);
        container.build_holds({GetParam().compiler}, "/app/holds");
    }

    void add_library() { container().add(KASHIM_LIBRARY, GetParam().library); }

    static std::string mapped(pid_t root)
    {
        std::string found;
        for (const pid_t pid : process_tree(root)) {
            const std::string maps = read_file("/proc/" + std::to_string(pid) + "/maps");
            if (const auto at = maps.find("/libkashim.so"); at != std::string::npos)
                found = maps.substr(maps.rfind(' ', at) + 1, maps.find('\n', at) - maps.rfind(' ', at) - 1);
        }
        return found;
    }
};

TEST_P(ContainerWithALoader, RunPreloadsTheLibraryBesideTheCommand)
{
    add_library();
    const Listener listener("127.0.0.1");
    const Process& first = connect({std::string(kCommandInside), "run", "/app/holds"}, listener.port());
    // At once: the library sets them before the program is connected.
    EXPECT_EQ(connected_socket(first.pid(), listener.port()).value().values, kOurs);
    EXPECT_TRUE(mapped(first.pid()).ends_with(GetParam().library)) << mapped(first.pid());
    EXPECT_EQ(first.err(), "");
}

TEST_P(ContainerWithALoader, WithoutTheLibraryRunSaysWhereItWasLookedFor)
{
    const Result result = container().kashim({"run", "/app/holds", "connect", "127.0.0.1", "1"});
    EXPECT_EQ(result.exit_code, 125);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err,
              "kashim run: the library is missing; looked for /usr/lib/x86_64-linux-gnu/libkashim.so and "
              "/usr/lib64/libkashim.so and /usr/lib/libkashim.so and /usr/bin/libkashim.so; install kashim again\n");
}

TEST_P(ContainerWithALoader, DryRunSaysWhatWouldBeExecuted)
{
    add_library();
    const Result result = container().kashim({"run", "--dry-run", "/app/holds"});
    EXPECT_TRUE(result.out.starts_with(std::string(kFirst) +
                                       "\nwhat is executed\n  env LD_PRELOAD=" + GetParam().library + " /app/holds\n"))
        << result;
    EXPECT_EQ(result.exit_code, 0);
}

TEST_P(ContainerWithALoader, DoctorSaysThatTheProgramIsReached)
{
    add_library();
    const Result result = container().kashim({"doctor", "/app/holds"});
    EXPECT_TRUE(result.out.starts_with(std::string(kFirst) + "/app/holds: reached")) << result;
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(result.exit_code, 0);
}

TEST_P(ContainerWithALoader, DoctorSaysOfAProcessThatTheLibraryIsAtWork)
{
    add_library();
    const Listener listener("127.0.0.1");
    connect({std::string(kCommandInside), "run", "/app/holds"}, listener.port());
    const Result result = run(container().beside({"doctor", "1"}));
    EXPECT_NE(result.out.find("  loaded: "), std::string::npos) << result;
    EXPECT_EQ(result.exit_code, 0);
}

TEST_P(ContainerWithALoader, ApplySetsTheRulesOnAProgramThatRuns)
{
    const Listener listener("127.0.0.1");
    const Process& first = connect({"/app/holds"}, listener.port());
    const Result result = run(container().beside({"apply", "1"}));
    EXPECT_EQ(result.exit_code, 0) << result;
    EXPECT_EQ(connected_socket(first.pid(), listener.port()).value().values, kOurs);
}

INSTANTIATE_TEST_SUITE_P(
    , ContainerWithALoader,
    testing::Values(System{"AsAlpine", "musl-gcc", {kMuslLoader, "/bin/busybox"}, "/usr/lib/libkashim.so"},
                    System{"AsDistroless", "gcc", {kGlibcLoader, kGlibc}, "/usr/lib/x86_64-linux-gnu/libkashim.so"}),
    [](const testing::TestParamInfo<System>& one) { return one.param.name; });

}  // namespace
}  // namespace kashim::test
