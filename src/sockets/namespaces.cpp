// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "sockets/namespaces.h"

#include "host/proc.h"
#include "platform/socket.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace kashim::sockets {
namespace {

struct Pair {
    int netlink = -1;
    int untouched = -1;
};

// Both in the caller's network namespace. Returns 0 or errno.
int make_sockets(Pair& made)
{
    made.netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (made.netlink < 0)
        return errno;
    made.untouched = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
    if (made.untouched < 0)  // a kernel without IPv4
        made.untouched = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
    return made.untouched < 0 ? errno : 0;
}

constexpr std::size_t kControlSize = CMSG_SPACE(sizeof(Pair));

// The sockets, or why there are none.
void send_pair(int channel, int error, const Pair& pair)
{
    iovec piece{&error, sizeof error};
    alignas(cmsghdr) char control[kControlSize]{};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    if (error == 0) {
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        cmsghdr* const header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof pair);
        std::memcpy(CMSG_DATA(header), &pair, sizeof pair);
    }
    sendmsg(channel, &message, MSG_NOSIGNAL);
}

int receive_pair(int channel, Pair& pair)
{
    int error = EIO;
    iovec piece{&error, sizeof error};
    alignas(cmsghdr) char control[kControlSize]{};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    ssize_t received = -1;
    do {
        received = recvmsg(channel, &message, MSG_CMSG_CLOEXEC);
    } while (received < 0 && errno == EINTR);
    if (received != static_cast<ssize_t>(sizeof error) || error != 0)
        return error;
    const cmsghdr* const header = CMSG_FIRSTHDR(&message);
    // Where our descriptors are used up the kernel delivers less than was sent (scm_detach_fds in net/core/scm.c).
    if (header == nullptr || header->cmsg_len != CMSG_LEN(sizeof pair) || (message.msg_flags & MSG_CTRUNC) != 0) {
        if (header != nullptr && header->cmsg_len == CMSG_LEN(sizeof(int))) {
            int first = -1;
            std::memcpy(&first, CMSG_DATA(header), sizeof first);
            close(first);
        }
        return EMFILE;
    }
    std::memcpy(&pair, CMSG_DATA(header), sizeof pair);
    return 0;
}

int enter(int network, int user)
{
    if (setns(network, CLONE_NEWNET) == 0)
        return 0;
    if (errno != EPERM || user < 0 || setns(user, CLONE_NEWUSER) != 0)
        return EPERM;
    return setns(network, CLONE_NEWNET) == 0 ? 0 : errno;
}

// A child does it: a namespace of users can be entered by a process with one thread only, and there is no way back.
int make_sockets_there(int network, int user, Pair& made)
{
    int channel[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel) != 0)
        return errno;
    platform::Descriptor ours(channel[0]), its(channel[1]);
    const pid_t child = fork();
    if (child < 0)
        return errno;
    if (child == 0) {
        Pair pair;
        int error = enter(network, user);
        if (error == 0)
            error = make_sockets(pair);
        send_pair(its.get(), error, pair);
        _exit(0);
    }
    its.reset();
    const int error = receive_pair(ours.get(), made);
    while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
    return error;
}

std::optional<NamespaceId> id_of(int result, const struct stat& status)
{
    return result == 0 ? std::optional(NamespaceId{status.st_dev, status.st_ino}) : std::nullopt;
}

std::string file_of(pid_t pid, const char* kind)
{
    return host::proc_path(pid, std::string("ns/") + kind);
}

}  // namespace

Namespace::Namespace(NamespaceId id, platform::Descriptor netlink, platform::Descriptor untouched)
    : id_(id), sock_diag_(std::move(netlink)), untouched_(std::move(untouched))
{
}

policy::Values Namespace::untouched() const
{
    return platform::read_values(untouched_.get(), policy::OptionSet::all()).values;
}

Namespaces::~Namespaces() = default;
Namespaces::Namespaces(Namespaces&&) noexcept = default;
Namespaces& Namespaces::operator=(Namespaces&&) noexcept = default;

Namespaces::Entered Namespaces::keep(NamespaceId id, int netlink, int untouched)
{
    entered_.push_back(std::make_unique<Namespace>(id, platform::Descriptor(netlink), platform::Descriptor(untouched)));
    return {entered_.back().get(), std::nullopt};
}

Namespace* Namespaces::find(const NamespaceId& id) const
{
    const auto found = std::ranges::find(entered_, id, [](const auto& one) { return one->id(); });
    return found != entered_.end() ? found->get() : nullptr;
}

Namespaces::Entered Namespaces::own()
{
    struct stat status {};
    const auto id = id_of(stat("/proc/thread-self/ns/net", &status), status);
    if (!id)
        return {nullptr, why_not_entered(getpid(), errno)};
    if (Namespace* const there = find(*id))
        return {there, std::nullopt};
    Pair made;
    if (const int error = make_sockets(made); error != 0) {
        platform::Descriptor(made.netlink).reset();
        return {nullptr, why_not_listed(error)};
    }
    return keep(*id, made.netlink, made.untouched);
}

Namespaces::Entered Namespaces::of(pid_t pid)
{
    const auto at_first = namespace_of(pid);
    if (!at_first)
        return {nullptr, why_not_entered(pid, errno)};
    if (Namespace* const there = find(*at_first))
        return {there, std::nullopt};
    if (const Entered ours = own(); ours.there != nullptr && ours.there->id() == *at_first)
        return ours;

    const platform::Descriptor network(open(file_of(pid, "net").c_str(), O_RDONLY | O_CLOEXEC));
    if (!network)
        return {nullptr, why_not_entered(pid, errno)};
    const platform::Descriptor user(open(file_of(pid, "user").c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    const auto id = id_of(fstat(network.get(), &status), status);  // it may have moved since
    if (!id)
        return {nullptr, why_not_entered(pid, errno)};
    if (Namespace* const there = find(*id))
        return {there, std::nullopt};
    Pair made;
    if (const int error = make_sockets_there(network.get(), user.get(), made); error != 0)
        return {nullptr, why_not_entered(pid, error)};
    return keep(*id, made.netlink, made.untouched);
}

void Namespaces::keep_only(std::span<const NamespaceId> wanted)
{
    std::erase_if(entered_, [wanted](const auto& one) { return std::ranges::find(wanted, one->id()) == wanted.end(); });
}

std::optional<NamespaceId> namespace_of(pid_t pid)
{
    struct stat status {};
    return id_of(stat(file_of(pid, "net").c_str(), &status), status);
}

}  // namespace kashim::sockets
