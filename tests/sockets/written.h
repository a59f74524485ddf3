// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/program_policy.h"
#include "policy/table_builder.h"

#include <string>

namespace kashim::test {

/// Rules as a file says them. Throws std::runtime_error where the text has an error.
class Written {
public:
    explicit Written(const std::string& toml);

    policy::Rules rules() const { return {&*table_, {}}; }

private:
    policy::OwnedTable table_;
};

}  // namespace kashim::test
