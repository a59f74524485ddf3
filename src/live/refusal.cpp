// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "live/refusal.h"

#include "platform/file.h"

#include <linux/capability.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace kashim::live {
namespace {

using Why = Refusal::Why;

constexpr std::uint64_t bit(int capability)
{
    return std::uint64_t{1} << capability;
}

// What ptrace(2) compares, from /proc/PID/status.
struct Credentials {
    std::array<unsigned, 3> uids{};  // real, effective, saved
    std::array<unsigned, 3> gids{};
    std::uint64_t permitted = 0;
    std::uint64_t effective = 0;
};

template <typename Number>
Number number_at(std::string_view text, int base)
{
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    Number number{};
    std::from_chars(text.data(), text.data() + text.size(), number, base);
    return number;
}

std::string_view line_of(std::string_view status, std::string_view key)
{
    const auto start = status.find(key);
    if (start == std::string_view::npos)
        return {};
    const std::string_view rest = status.substr(start + key.size());
    return rest.substr(0, rest.find('\n'));
}

std::array<unsigned, 3> three_numbers(std::string_view line)
{
    std::array<unsigned, 3> numbers{};
    for (unsigned& number : numbers) {
        line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        number = number_at<unsigned>(line, 10);
        line.remove_prefix(std::min(line.find_first_of(" \t"), line.size()));
    }
    return numbers;
}

std::string folder_of(const std::string& pid)
{
    return "/proc/" + pid;
}

std::optional<Credentials> credentials_of(const std::string& pid)
{
    std::array<char, 8192> memory;
    const std::string_view status = platform::read_start((folder_of(pid) + "/status").c_str(), memory);
    if (status.empty())
        return std::nullopt;
    return Credentials{three_numbers(line_of(status, "\nUid:")), three_numbers(line_of(status, "\nGid:")),
                       number_at<std::uint64_t>(line_of(status, "\nCapPrm:"), 16),
                       number_at<std::uint64_t>(line_of(status, "\nCapEff:"), 16)};
}

std::string user(unsigned uid)
{
    const passwd* const entry = getpwuid(uid);
    const std::string number = std::to_string(uid);
    return entry != nullptr ? "user " + number + " (" + entry->pw_name + ")" : "user " + number;
}

// A process that is not dumpable has its files in /proc owned by root (proc_pid(5)).
bool hides(const std::string& pid, const Credentials& its)
{
    struct stat status {};
    return stat((folder_of(pid) + "/fd").c_str(), &status) == 0 && status.st_uid != its.uids[1];
}

bool same_user_namespace(const std::string& pid)
{
    struct stat ours {
    }, its{};
    return stat("/proc/self/ns/user", &ours) != 0 || stat((folder_of(pid) + "/ns/user").c_str(), &its) != 0 ||
           (ours.st_dev == its.st_dev && ours.st_ino == its.st_ino);
}

int yama_scope()
{
    std::array<char, 16> memory;
    return number_at<int>(platform::read_start("/proc/sys/kernel/yama/ptrace_scope", memory), 10);
}

// The checks in the kernel's order: __ptrace_may_access in kernel/ptrace.c, then the security modules.
Refusal forbidden(pid_t pid, int error)
{
    const std::string number = std::to_string(pid);
    const std::string process = "process " + number;
    const auto its = credentials_of(number);
    const auto ours = credentials_of("self");
    if (!its || !ours)
        return {Why::gone, ESRCH, process + " has ended", ""};
    constexpr const char* kRoot = "run this command as root, or with CAP_SYS_PTRACE";
    const bool privileged = (ours->effective & bit(CAP_SYS_PTRACE)) != 0;
    const auto all_are = [](const std::array<unsigned, 3>& numbers, unsigned wanted) {
        return std::ranges::all_of(numbers, [wanted](unsigned n) { return n == wanted; });
    };
    if (!privileged && !all_are(its->uids, ours->uids[0]))
        return {Why::another_user, error,
                process + " runs as " + user(its->uids[1]) + ", this command as " + user(ours->uids[0]),
                "run this command as that user or as root, or with CAP_SYS_PTRACE"};
    if (!privileged && !all_are(its->gids, ours->gids[0]))
        return {Why::another_user, error,
                process + " runs with group " + std::to_string(its->gids[1]) + ", this command with group " +
                    std::to_string(ours->gids[0]),
                kRoot};
    if (!privileged && hides(number, *its))
        return {Why::not_dumpable, error,
                process + " keeps others out: it is not dumpable (prctl(2), PR_SET_DUMPABLE), or got its rights from "
                          "its file when it started",
                kRoot};
    if (!same_user_namespace(number))
        return {Why::user_namespace, error,
                process + " lives in a user namespace over which this command has no CAP_SYS_PTRACE",
                "run this command as root outside of every container"};
    if (!privileged && (its->permitted & ~ours->permitted) != 0)
        return {Why::capabilities, error, process + " has capabilities that this command has not", kRoot};
    // Reading /proc is none of Yama's business; taking a descriptor is (yama_ptrace_access_check).
    if (const int scope = yama_scope(); error == EPERM && scope > (privileged ? 2 : 0)) {
        const std::string value = "kernel.yama.ptrace_scope is " + std::to_string(scope) + ": ";
        if (scope == 1)
            return {Why::yama, error, value + "only an ancestor of process " + number + " or root may take its sockets",
                    std::string(kRoot) + ", or start the program with: kashim guard -- PROGRAM"};
        if (scope == 2)
            return {Why::yama, error, value + "only root may take sockets of process " + number, kRoot};
        return {Why::yama, error, value + "nobody may take sockets of another process",
                "boot with another value: this one cannot be lowered"};
    }
    return {Why::confined, error,
            "the kernel forbids this command to look into process " + number + " (" +
                (error == EPERM ? "EPERM" : "EACCES") + "): a security module, or a seccomp filter around this command",
            "outside of a container, or where its profile allows pidfd_getfd and ptrace, it may"};
}

Refusal other(const std::string& what, int error)
{
    return {Why::other, error, what + ": " + std::strerror(error), ""};
}

Refusal too_many(int error)
{
    const bool ours = error == EMFILE;
    return {Why::too_many_descriptors, error,
            ours ? "this command has no free descriptor left (RLIMIT_NOFILE)" : "the system has no free file left",
            ours ? "raise it: ulimit -n" : "raise it: sysctl fs.file-max"};
}

}  // namespace

Refusal why_not_taken(pid_t pid, int error)
{
    switch (error) {
    case ESRCH:
    case ENOENT:
    case EBADF:
        return {Why::gone, error, "process " + std::to_string(pid) + " has ended", ""};
    case EPERM:
    case EACCES:
        return forbidden(pid, error);
    case EMFILE:
    case ENFILE:
        return too_many(error);
    case ENOSYS:
        return {Why::kernel_too_old, error, "this kernel cannot hand over sockets of another process (pidfd_getfd)",
                "Linux 5.6 or newer is needed"};
    default:
        return other("process " + std::to_string(pid), error);
    }
}

Refusal why_not_entered(pid_t pid, int error)
{
    const std::string process = "process " + std::to_string(pid);
    switch (error) {
    case ESRCH:
    case ENOENT:
        return {Why::gone, error, process + " has ended", ""};
    case EACCES:
        return forbidden(pid, error);
    case EPERM:
        return {Why::user_namespace, error, process + " lives in a network namespace that this command may not enter",
                "run this command as root outside of every container, or with CAP_SYS_ADMIN"};
    case EMFILE:
    case ENFILE:
        return too_many(error);
    default:
        return other("the network namespace of " + process, error);
    }
}

Refusal why_not_listed(int error)
{
    switch (error) {
    case EMFILE:
    case ENFILE:
        return too_many(error);
    case EPROTONOSUPPORT:
    case ENOENT:
        return {Why::kernel_without_support, error, "this kernel does not list TCP sockets (sock_diag)",
                "load the module tcp_diag, or use a kernel with CONFIG_INET_TCP_DIAG"};
    default:
        return other("the list of TCP sockets (sock_diag)", error);
    }
}

}  // namespace kashim::live
