// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "platform/log.h"
#include "policy/policy.h"
#include "shim/descriptors.h"

#include <atomic>
#include <optional>

namespace kashim::shim {

/// The values of a socket nobody has touched, remembered from the first one that this program made without a base.
class FreshValues {
public:
    std::optional<policy::Values> get() const;
    void remember(const policy::Values& values);

private:
    std::atomic<std::uint64_t> packed_{0};
};

/// All that the library keeps. The policy is written once, by the constructor, and never changes; what changes
/// afterwards are single words that are right whoever writes them last.
struct Runtime {
    /// Null before the constructor has run, and where there is nothing in force: then every hook passes through.
    std::atomic<const policy::Policy*> policy{nullptr};

    /// What socket() sets, worked out beforehand; empty where there is no base.
    policy::Values base_values;
    policy::OptionSet base_options;

    platform::Log log;
    FreshValues fresh;

    const policy::Policy* rules() const { return policy.load(std::memory_order_acquire); }
};

extern constinit Runtime runtime;

// Apart from the rest because they are large and begin as zeros: they belong into .bss, not into the file.
extern constinit Descriptors descriptors;
extern constinit Ports listening_ports;

}  // namespace kashim::shim
