// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "sockets/refusal.h"

#include "host/proc.h"
#include "platform/file.h"

#include <linux/capability.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>

namespace kashim::sockets {
namespace {

using Why = Refusal::Why;

std::string user(unsigned uid)
{
    const passwd* const entry = getpwuid(uid);
    const std::string number = std::to_string(uid);
    return entry != nullptr ? "user " + number + " (" + entry->pw_name + ")" : "user " + number;
}

int yama_scope()
{
    std::array<char, 16> memory;
    const std::string_view text = platform::read_start("/proc/sys/kernel/yama/ptrace_scope", memory);
    int scope = 0;  // a kernel without Yama
    std::from_chars(text.data(), text.data() + text.size(), scope);
    return scope;
}

std::optional<struct stat> status_of(const std::string& path)
{
    struct stat status {};
    return stat(path.c_str(), &status) == 0 ? std::optional(status) : std::nullopt;
}

// In whose hands the folder of its descriptors is: root's where it is not dumpable (proc_pid(5)).
std::optional<unsigned> owner_of_descriptors(pid_t pid)
{
    const auto status = status_of(host::proc_path(pid, "fd"));
    return status ? std::optional(status->st_uid) : std::nullopt;
}

// Whether a process certainly lives in another user namespace than this one. Where it may not be looked at, it does if
// ours is not the first one: from there every process outside is closed.
bool in_another_user_namespace(pid_t pid)
{
    constexpr ino_t kFirst = 0xEFFFFFFD;  // PROC_USER_INIT_INO in include/linux/proc_ns.h
    const auto ours = status_of(host::proc_path(host::kSelf, "ns/user"));
    if (!ours)
        return false;
    const auto its = status_of(host::proc_path(pid, "ns/user"));
    return its ? ours->st_dev != its->st_dev || ours->st_ino != its->st_ino : ours->st_ino != kFirst;
}

constexpr const char* kRoot = "run this command as root, or with CAP_SYS_PTRACE";

bool all_are(const std::array<unsigned, 3>& numbers, unsigned wanted)
{
    return std::ranges::all_of(numbers, [wanted](unsigned one) { return one == wanted; });
}

// All three of its ids have to be our real one.
std::optional<Refusal> other_ids(const std::string& process, const host::ProcStatus& its, const host::ProcStatus& ours,
                                 int error)
{
    const unsigned uid = ours.uids[0], gid = ours.gids[0];
    constexpr const char* kSame = "run this command as that user or as root, or with CAP_SYS_PTRACE";
    if (its.uids[1] != uid)
        return Refusal{Why::another_user, error,
                       process + " runs as " + user(its.uids[1]) + ", this command as " + user(uid), kSame};
    if (its.uids[0] != uid)
        return Refusal{Why::another_user, error,
                       process + " was started by " + user(its.uids[0]) + ", this command by " + user(uid), kRoot};
    if (its.uids[2] != uid)
        return Refusal{Why::another_user, error,
                       process + " may become " + user(its.uids[2]) + ", this command runs as " + user(uid), kRoot};
    if (!all_are(its.gids, gid))
        return Refusal{Why::another_user, error,
                       process + " runs with group " + std::to_string(its.gids[1]) + ", this command with group " +
                           std::to_string(gid),
                       kRoot};
    return std::nullopt;
}

std::optional<Refusal> yama(const std::string& pid, bool privileged, int error)
{
    // Reading /proc is none of Yama's business; taking a descriptor is (yama_ptrace_access_check).
    const int scope = yama_scope();
    if (error != EPERM || scope <= (privileged ? 2 : 0))
        return std::nullopt;
    const std::string value = "kernel.yama.ptrace_scope is " + std::to_string(scope) + ": ";
    if (scope == 1)
        return Refusal{Why::yama, error, value + "only an ancestor of process " + pid + " or root may take its sockets",
                       std::string(kRoot) + ", or start the program with: kashim guard -- PROGRAM"};
    if (scope == 2)
        return Refusal{Why::yama, error, value + "only root may take sockets of process " + pid, kRoot};
    return Refusal{Why::yama, error, value + "nobody may take sockets of another process",
                   "boot with another value: this one cannot be lowered"};
}

// The checks in the kernel's order: __ptrace_may_access in kernel/ptrace.c, then the security modules.
Refusal forbidden(pid_t pid, int error)
{
    const std::string number = std::to_string(pid);
    const std::string process = "process " + number;
    const auto its = host::proc_status(pid);
    const auto ours = host::proc_status(host::kSelf);
    if (!its || !ours)
        return {Why::gone, ESRCH, process + " has ended", ""};
    const bool privileged = ours->may(CAP_SYS_PTRACE);
    const auto owner = owner_of_descriptors(pid);
    if (!privileged) {
        if (auto refusal = other_ids(process, *its, *ours, error))
            return *refusal;
        if (owner && *owner != its->uids[1])
            return {Why::not_dumpable, error,
                    process + " keeps others out: it is not dumpable (prctl(2), PR_SET_DUMPABLE), or got its rights "
                              "from its file when it started",
                    kRoot};
    }
    if (in_another_user_namespace(pid))
        return {Why::user_namespace, error,
                process + " lives in a user namespace over which this command has no CAP_SYS_PTRACE",
                "run this command as root outside of every container"};
    if (!privileged && (its->permitted & ~ours->permitted) != 0)
        return {Why::capabilities, error, process + " has capabilities that this command has not", kRoot};
    // The folder of the descriptors is its owner's alone, whatever ptrace would say.
    if (error == EACCES && owner && *owner != ours->uids[1] && !ours->may(CAP_DAC_READ_SEARCH) &&
        !ours->may(CAP_DAC_OVERRIDE))
        return {Why::capabilities, error,
                "/proc/" + number + "/fd may be read by " + user(*owner) +
                    " alone, and this command has no CAP_DAC_READ_SEARCH",
                "run this command with CAP_DAC_READ_SEARCH"};
    if (auto refusal = yama(number, privileged, error))
        return *refusal;
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

Refusal why_hidden(pid_t pid)
{
    return {Why::hidden, ENOENT, "process " + std::to_string(pid) + " is not shown in /proc (mounted with hidepid)",
            "run this command as root, or as a member of the group that /proc is mounted for (gid=)"};
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

}  // namespace kashim::sockets
