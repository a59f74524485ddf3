// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "shim/runtime.h"

namespace kashim::shim {
namespace {

// idle and interval take 16 bits each, count 8, probing 1. Nobody but a program ever sets a user timeout.
constexpr std::uint64_t kKnown = std::uint64_t{1} << 63;
constexpr std::uint64_t kProbing = std::uint64_t{1} << 40;

}  // namespace

constinit Runtime runtime;
constinit Descriptors descriptors;
constinit Ports listening_ports;

std::optional<policy::Values> FreshValues::get() const
{
    const std::uint64_t packed = packed_.load(std::memory_order_relaxed);
    if ((packed & kKnown) == 0)
        return std::nullopt;
    policy::Values values;
    values.idle = policy::Seconds(static_cast<std::uint16_t>(packed));
    values.interval = policy::Seconds(static_cast<std::uint16_t>(packed >> 16));
    values.count = static_cast<std::uint8_t>(packed >> 32);
    values.keepalive = (packed & kProbing) != 0;
    return values;
}

void FreshValues::remember(const policy::Values& values)
{
    const std::uint64_t idle = values.idle.count();
    const std::uint64_t interval = values.interval.count();
    const std::uint64_t count = values.count;
    packed_.store(kKnown | (values.keepalive ? kProbing : 0) | count << 32 | interval << 16 | idle,
                  std::memory_order_relaxed);
}

}  // namespace kashim::shim
