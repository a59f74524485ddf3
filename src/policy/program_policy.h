// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/policy.h"
#include "policy/program.h"

#include <cstdint>
#include <vector>

namespace kashim::policy {

/// The rules in force, for every process. The table must outlive whoever has a copy of this.
struct Rules {
    const policy::Table* table = nullptr;
    policy::Overlay overlay;
};

/// The rules as one program sees them.
class ProgramPolicy {
public:
    ProgramPolicy(const Rules& rules, const policy::Program& program)
        : storage_(policy::Policy::capacity(*rules.table)), policy_(*rules.table, program, rules.overlay, storage_)
    {
    }
    ProgramPolicy(const ProgramPolicy&) = delete;
    ProgramPolicy& operator=(const ProgramPolicy&) = delete;

    const policy::Policy& operator*() const { return policy_; }
    const policy::Policy* operator->() const { return &policy_; }

private:
    std::vector<std::uint32_t> storage_;
    policy::Policy policy_;
};

}  // namespace kashim::policy
