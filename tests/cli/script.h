// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "support/process.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kashim::test {

/// A child of the test that makes sockets, says what they are and waits: Debian's python3 with a script. The script may use
///
///   listener(address, **more)       a listening socket on a free port; MPTCP with protocol=262
///   connection(listener, address)   both ends of a connection to it: client, accepted
///   say(name=value)                 for fill() and said()
///
/// A listener on "::" takes IPv4 too. The descriptors begin at 3, in the order in which they are made.
class Script {
public:
    /// Waits until the script has come to its end; it then stays until the object dies. command: how else it is started;
    /// its arguments stand in front of python3.
    explicit Script(std::string_view code, Command command = {});

    /// The process that runs the script, which may be a child of what was started.
    pid_t pid() const { return pid_; }
    Process& process() { return process_; }

    const std::string& said(const std::string& name) const { return said_.at(name); }

    /// The text with what was said in the place of its name in braces: "[::1]:{port}". {pid} is said by itself.
    std::string fill(std::string_view text) const;

private:
    Process process_;
    std::map<std::string, std::string> said_;
    pid_t pid_ = -1;
};

/// Two blanks in the place of more: columns are as wide as port numbers and pids are.
std::string squeezed(const std::string& text);

/// What kashim show printed, squeezed. The time to the next probe, out of an idle of 1000 s, runs: {next} stands for it.
std::string table_of(const Result& result);

/// Where the order goes by ports that the kernel chose.
std::vector<std::string> sorted_lines(const std::string& text);

/// The built command, its configuration a file with this text.
class Kashim {
public:
    explicit Kashim(std::string_view configuration = "");

    Result operator()(std::vector<std::string> arguments, Command command = {}) const;

    /// How it is started.
    Command command(std::vector<std::string> arguments, Command command = {}) const;

    /// The same from a place where every user may execute it.
    const std::string& for_everybody();

    const std::string& configuration() const { return configuration_; }
    void configure(std::string_view text) const { write_file(configuration_, text); }

private:
    TempDir folder_;
    std::string configuration_;
    std::string program_ = KASHIM_COMMAND;
};

/// For Command::before_exec: from now on pidfd_getfd(2) says EPERM, as in a container whose profile forbids it.
void forbid_taking();

}  // namespace kashim::test
