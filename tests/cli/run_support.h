// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "support/process.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace kashim::test {

/// kashim run, with a configuration of the test's own: an empty file, so that nothing of the host counts.
class Run : public testing::Test {
protected:
    Command command(std::vector<std::string> arguments, std::vector<std::string> environment = {}) const;
    Result kashim_run(std::vector<std::string> arguments, std::vector<std::string> environment = {}) const;

    std::string file(std::string_view text) const { return write_file(folder_ / "kashim.toml", text); }
    std::string folder() const { return folder_.path().string(); }

    TempDir folder_;

private:
    std::string empty_file_ = write_file(folder_ / "empty.toml", "");
};

/// What the kernel says of a process, by the name of the file below /proc/PID, without what is never the same twice.
using Facts = std::map<std::string, std::string>;
Facts facts_of(pid_t pid);

/// Waits until the process has become the program and waits in it.
bool has_become(const Process& process, std::string_view name);

/// The variables of a process as the kernel keeps them, in their order.
std::vector<std::string> variables_of(pid_t pid);

/// cmake --install into the folder.
Result install(const std::string& prefix);

}  // namespace kashim::test
