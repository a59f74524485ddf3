// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "programs/debian.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <map>
#include <system_error>

namespace kashim::test {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> folders()
{
    std::vector<fs::path> result{"/usr/bin", "/usr/sbin", "/bin", "/sbin"};
    // Debian keeps the servers of several PostgreSQL versions side by side, none of them in PATH.
    std::error_code ignored;
    for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", ignored))
        result.push_back(version.path() / "bin");
    return result;
}

pid_t parent_of(const fs::path& process)
{
    // /proc/PID/stat: pid (name) state parent; the name may hold anything, the last parenthesis ends it.
    std::ifstream file(process / "stat");
    std::string line;
    std::getline(file, line);
    const auto end = line.rfind(')');
    return end == std::string::npos ? 0 : static_cast<pid_t>(std::stol(line.substr(end + 4)));
}

template <typename Wanted>
std::optional<TcpSocket> socket_in_tree(pid_t root, Wanted wanted)
{
    std::optional<TcpSocket> found;
    eventually([&] {
        for (const pid_t pid : process_tree(root)) {
            try {
                for (const TcpSocket& socket : tcp_sockets(pid))
                    if (wanted(socket))
                        found = socket;
            } catch (const std::system_error& error) {
                // A short-lived child may be gone before it can be looked at.
                if (error.code() != std::errc::no_such_process && error.code() != std::errc::no_such_file_or_directory)
                    throw;
            }
        }
        return found.has_value();
    });
    return found;
}

}  // namespace

std::vector<pid_t> process_tree(pid_t root)
{
    std::multimap<pid_t, pid_t> children;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const std::string name = entry.path().filename();
        if (std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c) != 0; }))
            children.emplace(parent_of(entry.path()), static_cast<pid_t>(std::stol(name)));
    }
    std::vector<pid_t> tree{root};
    for (std::size_t i = 0; i < tree.size(); ++i) {
        const auto [first, last] = children.equal_range(tree[i]);
        for (auto child = first; child != last; ++child)
            tree.push_back(child->second);
    }
    return tree;
}

std::string debian_path(std::string_view program)
{
    for (const fs::path& folder : folders()) {
        const std::string path = folder / program;
        if (::access(path.c_str(), X_OK) == 0)
            return path;
    }
    return {};
}

Environment bare_environment(const TempDir& directory)
{
    return {"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME=" + directory.path().string(),
            "LC_ALL=C.UTF-8",
            "no_proxy=*",
            "NO_PROXY=*",
            "http_proxy=",
            "HTTP_PROXY="};
}

Environment preloaded_environment(const TempDir& directory, std::string_view policy)
{
    const fs::path library = directory / "libkashim.so";
    fs::copy_file(KASHIM_LIBRARY, library, fs::copy_options::skip_existing);
    Environment environment = bare_environment(directory);
    environment.push_back("LD_PRELOAD=" + library.string());
    environment.push_back("KASHIM_CONFIG=" + write_file(directory / "kashim.toml", policy));
    return environment;
}

std::optional<TcpSocket> connected_socket(pid_t root, std::uint16_t peer_port)
{
    return socket_in_tree(root, [=](const TcpSocket& socket) { return socket.peer_port == peer_port; });
}

std::optional<TcpSocket> accepted_socket(pid_t root, std::uint16_t port, std::uint16_t peer_port)
{
    return socket_in_tree(
        root, [=](const TcpSocket& socket) { return socket.local_port == port && socket.peer_port == peer_port; });
}

}  // namespace kashim::test
