// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The same library in programs of other Debian releases, and so of other versions of glibc: unmodified, in a root of
// their own (made by tests/support/other_debian.sh). Before glibc 2.34 dlsym is in libdl.so.2, and a program that does not
// load that is where a preloaded library that needs dlsym takes away all sockets.
#include "programs/debian.h"
#include "programs/loopback.h"
#include "reach/elf_image.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <span>

namespace kashim::test {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPolicy = "[[rule]]\ndirection = \"outbound\"\nidle = 21\ninterval = 7\ncount = 4\n";
constexpr Values kRule{.keepalive = 1, .idle = 21, .interval = 7, .count = 4, .user_timeout = 0};

/// A client that connects to a port and waits for an answer.
struct Client {
    const char* name;
    std::vector<std::string> arguments;  ///< PORT stands for the port
    bool loads_libdl;                    ///< before glibc 2.34
};

const std::vector<Client> kClients{
    {"nc.traditional", {"127.0.0.1", "PORT"}, false},
    {"bash", {"-c", "exec 3<>/dev/tcp/127.0.0.1/PORT && read -u 3 line"}, true},
    {"perl",
     {"-e", "use Socket; socket(S, PF_INET, SOCK_STREAM, 0) and connect(S, sockaddr_in(PORT, INADDR_LOOPBACK)) and "
            "sysread(S, $_, 1)"},
     true},
    {"python3", {"-c", "import _socket as s; c = s.socket(); c.connect(('127.0.0.1', PORT)); c.recv(1)"}, true},
};

const Client& client(std::string_view name)
{
    return *std::find_if(kClients.begin(), kClients.end(), [name](const Client& c) { return c.name == name; });
}

/// Where a file of the release is: some have /bin, some only /usr/bin.
fs::path found(const fs::path& root, const std::vector<std::string>& folders, const std::string& name)
{
    for (const std::string& folder : folders)
        if (fs::exists(root / folder / name))
            return "/" + folder + "/" + name;
    throw std::runtime_error(name + " is not in " + root.string());
}

reach::ElfImage image_of(const fs::path& file)
{
    const std::string bytes = read_file(file);
    return reach::read_elf([&bytes](std::uint64_t offset, std::span<char> memory) {
               return offset < bytes.size() ? bytes.copy(memory.data(), memory.size(), offset) : 0;
           })
        .value();
}

class DebianReleaseTest : public testing::TestWithParam<const char*> {
protected:
    void SetUp() override
    {
        if (!fs::exists(root().parent_path() / "unpacked"))
            GTEST_SKIP() << "skipped, because there is no root of Debian " << GetParam()
                         << ": tests/support/other_debian.sh makes it";
        if (::geteuid() != 0 && !run({.arguments = {"unshare", "--user", "true"}}).ok())
            GTEST_SKIP() << "skipped, because only root may change its root directory without user namespaces";
    }

    static fs::path root() { return fs::path(KASHIM_BINARY_DIR "/roots") / GetParam() / "root"; }

    fs::path program(const std::string& name) const { return found(root(), {"bin", "usr/bin"}, name); }

    /// The library and a configuration in a folder of that root: the test's own, so that tests may run side by side.
    static Environment preloaded(const fs::path& root, const std::string& folder)
    {
        fs::create_directories(root / folder);
        fs::copy_file(KASHIM_LIBRARY, root / folder / "libkashim.so", fs::copy_options::overwrite_existing);
        write_file(root / folder / "kashim.toml", kPolicy);
        return {"LD_PRELOAD=/" + folder + "/libkashim.so", "KASHIM_CONFIG=/" + folder + "/kashim.toml"};
    }

    struct Seen {
        Values values;
        bool libdl = false;  ///< whether the process has it
        bool kashim = false;
    };

    /// Starts the client in the root and looks at its connection and at what it has loaded.
    static Seen look(const Client& client, const fs::path& root, const fs::path& path, const Environment& environment)
    {
        const Listener listener("127.0.0.1");
        Command command{.arguments = {path}, .environment = environment};
        for (std::string argument : client.arguments) {
            if (const auto at = argument.find("PORT"); at != std::string::npos)
                argument.replace(at, 4, std::to_string(listener.port()));
            command.arguments.push_back(argument);
        }
        command.environment.insert(command.environment.end(), {"PATH=/usr/bin:/bin", "LC_ALL=C"});
        const std::string place = root;
        command.before_exec = [place] {
            if (::geteuid() != 0)
                ::unshare(CLONE_NEWUSER);  // in which one may
            if (::chroot(place.c_str()) != 0 || ::chdir("/") != 0)
                ::_exit(77);
        };
        Process process(command);
        const auto socket = connected_socket(process.pid(), listener.port());
        if (!socket) {
            process.kill(SIGTERM);
            ADD_FAILURE() << client.name << " did not connect: " << process.wait();
            return {};
        }
        EXPECT_EQ(process.err(), "");
        const std::string maps = read_file("/proc/" + std::to_string(process.pid()) + "/maps");
        return {socket->values, maps.find("/libdl") != std::string::npos,
                maps.find("/libkashim.so") != std::string::npos};
    }
};

INSTANTIATE_TEST_SUITE_P(Of, DebianReleaseTest, testing::Values("bullseye", "trixie"),
                         [](const auto& release) { return std::string(release.param); });

TEST_P(DebianReleaseTest, ItsProgramsGetTheirKeepalive)
{
    const std::string folder = "kashim-" + std::to_string(::getpid());
    const Environment environment = preloaded(root(), folder);
    for (const Client& client : kClients) {
        SCOPED_TRACE(client.name);
        const fs::path path = program(client.name);
        const Seen bare = look(client, root(), path, {});
        EXPECT_NE(bare.values, kRule);
        const Seen seen = look(client, root(), path, environment);
        EXPECT_EQ(seen.values, kRule);
        EXPECT_TRUE(seen.kashim);
        EXPECT_EQ(seen.libdl, bare.libdl);
        // Or this would prove something else than it says.
        EXPECT_EQ(seen.libdl, client.loads_libdl && std::string_view(GetParam()) == "bullseye");
    }
    fs::remove_all(root() / folder);
}

TEST_P(DebianReleaseTest, AProgramAloneWithItsCLibraryGetsItsKeepalive)
{
    // As in an image without anything that the program does not need: of glibc only that.
    const std::vector<std::string> folders{"lib/" KASHIM_TRIPLET, "usr/lib/" KASHIM_TRIPLET};
    const TempDir alone;
    const fs::path path = program("nc.traditional");
    std::vector<fs::path> wanted{path, image_of(root() / path.relative_path()).interpreter};
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const fs::path from = root() / wanted[i].relative_path();
        const fs::path to = alone.path() / wanted[i].relative_path();
        fs::create_directories(to.parent_path());
        if (!fs::copy_file(from, to, fs::copy_options::skip_existing))
            continue;
        for (const std::string& name : image_of(from).needed)
            wanted.push_back(found(root(), folders, name));
    }
    const Seen seen = look(client("nc.traditional"), alone.path(), path, preloaded(alone.path(), "kashim"));
    EXPECT_EQ(seen.values, kRule);
    EXPECT_FALSE(seen.libdl);
}

}  // namespace
}  // namespace kashim::test
