// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "wire/both_sides.h"

#include "programs/debian.h"
#include "support/process.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

namespace kashim::test {
namespace {

std::string ss(std::vector<std::string> filter)
{
    filter.insert(filter.begin(), {debian_path("ss"), "-tnoH", "state", "established"});
    const Result result = run({.arguments = filter});
    if (!result.ok())
        throw std::runtime_error("ss: " + result.err);
    return result.out;
}

/// Nothing that was sent waits for an acknowledgement: neither data nor a keepalive probe.
bool all_acknowledged()
{
    std::istringstream lines(ss({}));
    for (std::string line; std::getline(lines, line);) {
        // Recv-Q Send-Q Local Peer timer:(keepalive,484ms,0): the state was given, so there is no column for it. The
        // last number counts the unanswered probes.
        std::istringstream columns(line);
        int received = 0;
        int unacknowledged = 0;
        if (!(columns >> received >> unacknowledged) || unacknowledged != 0)
            return false;
        if (line.find("timer:(keepalive,") != std::string::npos && line.find(",0)") == std::string::npos)
            return false;
    }
    return true;
}

}  // namespace

int cut_silent(Wire& wire, const std::vector<std::uint16_t>& ports)
{
    for (;;) {
        if (!eventually(all_acknowledged))
            throw std::runtime_error("what was sent is not acknowledged: " + ss({}));
        const int before = wire.probes();
        for (const std::uint16_t port : ports)
            wire.cut(port);
        if (wire.probes() == before)
            return before;
        for (const std::uint16_t port : ports)
            wire.restore(port);
    }
}

bool established(std::uint16_t local_port, std::uint16_t peer_port)
{
    return !ss({"sport", "=", ":" + std::to_string(local_port), "and", "dport", "=", ":" + std::to_string(peer_port)})
                .empty();
}

bool waits_in(pid_t pid, const std::vector<long>& calls)
{
    std::error_code ended;
    for (const auto& thread : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task", ended)) {
        // "running", or the number of the call and its arguments (proc_pid_syscall(5)).
        std::ifstream file(thread.path() / "syscall");
        long call = -1;
        if (file >> call && std::find(calls.begin(), calls.end(), call) != calls.end())
            return true;
    }
    return false;
}

}  // namespace kashim::test
