// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

namespace kashim::test {

/// A network namespace of the test's own, with nothing in it but a loopback, whose wire can be cut.
///
/// The constructor moves the calling process there for the rest of its life, so that the test's sockets and its
/// children are in it; a later Wire in the same process is a new namespace again. The process must have one thread.
/// Needs nft, and either privilege or unprivileged user namespaces (user_namespaces(7)).
class Wire {
public:
    Wire();

    /// Why there is no wire here; empty where there is one.
    const std::string& missing() const { return missing_; }

    /// From now on nothing passes to or from the TCP port, in silence, as if a cable had been pulled.
    void cut(std::uint16_t port);
    void restore(std::uint16_t port);

    /// The same for TCP on every port.
    void cut_everything();

    /// Keepalive probes sent in this namespace so far (TcpExtTCPKeepAlive).
    int probes() const;

private:
    std::string missing_;
};

/// Says why in a form that tests/run.sh understands.
#define KASHIM_NEEDS_WIRE(wire)                                                                                        \
    if (!(wire).missing().empty())                                                                                     \
    GTEST_SKIP() << "skipped, because " << (wire).missing()

}  // namespace kashim::test
