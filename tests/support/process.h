// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace kashim::test {

/// How long a test waits for what must happen: long enough for a machine of a small part of the usual speed, so that
/// reaching it is always a failure. The only such number in the tests: a test proves what happens and in which order, not
/// how fast. Shorter waits are for what must not happen.
inline constexpr std::chrono::seconds kDeadline{300};

/// Waits until the condition holds: true as soon as it does, false when the deadline has passed.
template <typename Condition>
bool eventually(Condition condition, std::chrono::milliseconds deadline = kDeadline)
{
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

/// A descriptor of the test that the child shall have under a number.
struct Inherited {
    int from;
    int to;
};

/// What to start. The child has the test's environment without LD_PRELOAD, LISTEN_* and KASHIM_*, so that nothing of
/// the outside decides a test, and then the additions. It has no descriptors but these: standard input is /dev/null or
/// the text, the outputs go to unnamed files (a grandchild that keeps them open cannot make a test wait), unless
/// `descriptors` says otherwise, which may add others.
struct Command {
    std::vector<std::string> arguments;      ///< [0] is looked up in PATH unless it has a slash
    std::vector<std::string> environment{};  ///< "NAME=value"; a later one of the same name wins
    std::filesystem::path directory{};       ///< empty: the test's
    std::optional<std::string> input{};
    std::vector<Inherited> descriptors{};
    std::optional<uid_t> uid{};           ///< also the gid, without further groups; needs privilege
    std::function<void()> before_exec{};  ///< runs in the child: system calls only (setrlimit, unshare)
};

/// How a child ended, and all it said.
struct Result {
    std::optional<int> exit_code;  ///< none where a signal or the deadline ended it
    int signal = 0;                ///< 0 where none did
    bool timed_out = false;        ///< it was still running at the deadline and was killed
    std::string out;
    std::string err;

    bool ok() const { return exit_code == 0; }
};

/// For failure messages: everything there is to know.
std::ostream& operator<<(std::ostream& stream, const Result& result);

/// A child in its own process group. If it still runs when the object dies, the whole group is killed.
class Process {
public:
    /// Throws std::system_error where the child could not be started (a missing program: ENOENT).
    explicit Process(const Command& command);
    Process(Process&& other) noexcept;
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    Process& operator=(Process&&) = delete;
    ~Process();

    pid_t pid() const { return pid_; }
    bool running();
    void kill(int signal);

    /// What it has said so far.
    std::string out() const;
    std::string err() const;

    /// Whether its standard output came to hold the text before it ended or the deadline passed.
    bool says(std::string_view text, std::chrono::milliseconds deadline = kDeadline);

    Result wait(std::chrono::milliseconds deadline = kDeadline);

private:
    pid_t pid_ = -1;
    int out_ = -1;
    int err_ = -1;
    std::optional<int> status_;  // as waitpid gave it
};

Result run(const Command& command, std::chrono::milliseconds deadline = kDeadline);

/// A directory that everybody may read, removed with all it holds.
class TempDir {
public:
    TempDir();
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    ~TempDir();

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

/// Both throw std::system_error. write_file replaces what is there and returns the path, as a Command wants it.
std::string write_file(const std::filesystem::path& path, std::string_view text);
std::string read_file(const std::filesystem::path& path);

/// A TCP port that nobody uses now, on IPv4 or IPv6. Bind it soon.
std::uint16_t free_port();

}  // namespace kashim::test
