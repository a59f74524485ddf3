// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "cli/json.h"
#include "loaded/effective.h"
#include "sockets/apply.h"

#include <cstdint>
#include <string>
#include <vector>

namespace kashim::cli {

/// What was asked for, and what came of it.
struct ApplyOutcome {
    bool dry_run = false;
    bool everybody = false;             ///< --all: what needs no word gets none
    std::vector<pid_t> pids;            ///< those that were named and are there
    std::vector<std::string> problems;  ///< those that are not
    sockets::Snapshot snapshot;
    sockets::Applied applied;
};

/// How many sockets of a process came to what. A socket of which the kernel took some options and refused others counts
/// twice.
struct ApplyTally {
    std::size_t set = 0;
    std::size_t right = 0;
    std::size_t left_to_program = 0;
    std::size_t left_by_rule = 0;
    std::size_t decided_elsewhere = 0;
    std::size_t gone = 0;
    std::size_t refused = 0;

    ApplyTally& operator+=(const ApplyTally& other);
};
ApplyTally tally_of(const sockets::ProcessResult& result);

/// Something that the rules want is not in force, because it was refused or could not even be seen.
bool anything_refused(const ApplyOutcome& outcome);

/// Whether every socket gets a line of its own, or those that came to the same share one.
enum class PerSocket : std::uint8_t { no, yes };

/// The report, a line each.
std::vector<std::string> report_of(const ApplyOutcome& outcome, const loaded::Effective& effective,
                                   PerSocket per_socket);

/// The same as one document, socket by socket.
Json json_of(const ApplyOutcome& outcome, const loaded::Effective& effective);

}  // namespace kashim::cli
