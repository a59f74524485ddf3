// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "config/search.h"
#include "policy/policy.h"
#include "shim/environment.h"
#include "shim/runtime.h"

namespace kashim::shim {

/// What is said at load: errors of the configuration, and at the level info what is in force.

/// What KASHIM_LOG and KASHIM_LOG_FILE say. Where neither is set this is not needed: then standard error is looked at
/// when there is an error to be said, which hardly any process has.
void open_log(const Environment& environment);

/// Whether more than errors is to be said. Then the text of the configuration is needed.
inline bool log_wants_more_than_errors()
{
    return runtime.log.says(platform::Level::warn);
}

void say_warnings(const std::vector<config::FileFinding>& warnings);

/// Of the errors only the first: every program on the host may meet this file.
void say_findings(std::string_view file, const std::vector<config::Finding>& findings);

void say_too_large_to_warn(std::string_view file);
void say_no_memory(std::string_view file, std::size_t most_mebibytes);

/// What is in force, whom we took this process for, and which rules count here: the answer to "why does my rule not
/// match?".
void say_loaded(const config::Located& located, const policy::RuleSet& rules, const policy::Program& program,
                const policy::Policy& policy);

}  // namespace kashim::shim
