// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "platform/descriptor.h"
#include "policy/settings.h"
#include "sockets/refusal.h"
#include "sockets/sockets.h"

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace kashim::sockets {

/// Which network namespace: device and inode of /proc/PID/ns/net (namespaces(7)).
struct NamespaceId {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;

    friend auto operator<=>(const NamespaceId&, const NamespaceId&) = default;
};

/// A network namespace that was entered once: two sockets were made in it, which stay there.
class Namespace {
public:
    Namespace(NamespaceId id, platform::Descriptor netlink, platform::Descriptor untouched);

    const NamespaceId& id() const { return id_; }
    SockDiag& sock_diag() { return sock_diag_; }

    /// What a socket shows here that nobody has touched: its sysctls, as they are now.
    policy::Values untouched() const;

private:
    NamespaceId id_;
    SockDiag sock_diag_;
    platform::Descriptor untouched_;
};

/// The network namespaces of processes, each entered once and kept. Entering happens in a child process that makes the
/// two sockets, hands them back and is gone: nothing of it stays with the caller, and nothing is changed there. A
/// namespace that belongs to a user namespace of ours is entered through that one first (setns(2)).
class Namespaces {
public:
    Namespaces() = default;
    ~Namespaces();
    Namespaces(Namespaces&&) noexcept;
    Namespaces& operator=(Namespaces&&) noexcept;

    /// there stays valid until keep_only(); null where there is a refusal.
    struct Entered {
        Namespace* there = nullptr;
        std::optional<Refusal> refusal;
    };

    Entered own();
    Entered of(pid_t pid);

    /// Leaves the others: what we keep open there would keep the namespaces of dead containers alive.
    void keep_only(std::span<const NamespaceId> wanted);

    /// Among those that were entered; null where it is none of them.
    Namespace* find(const NamespaceId& id) const;

    std::size_t size() const { return entered_.size(); }

private:
    Entered keep(NamespaceId id, int netlink, int untouched);

    std::vector<std::unique_ptr<Namespace>> entered_;
};

/// Of a process; nothing where it is gone or may not be looked at (errno tells).
std::optional<NamespaceId> namespace_of(pid_t pid);

}  // namespace kashim::sockets
