// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What --watch needs: a terminal to draw on again and again, a clock, and an end.
#pragma once

#include <chrono>
#include <csignal>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace kashim::cli {

/// The size of a terminal.
struct Screen {
    std::size_t columns = 80;
    std::size_t lines = 24;
};

/// Nothing where the descriptor is no terminal.
std::optional<Screen> screen_of(int fd);

/// Puts the lines in the place of what stdout's terminal shows, the remarks below them. What does not fit in is counted
/// instead of shown.
void draw(const Screen& screen, const std::string& title, const std::vector<std::string>& lines,
          const std::vector<std::string>& remarks);

/// The time of day in the local time zone: 2026-11-21 23:07:05.
std::string time_text();

/// Waits between two looks. While it lives SIGINT does not end the process but the waiting.
class Pause {
public:
    /// Zero: never waits.
    explicit Pause(std::chrono::duration<double> time);
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;
    ~Pause();

    /// False where somebody pressed Ctrl-C.
    bool wait() const;

private:
    std::chrono::duration<double> time_;
    sigset_t interrupt_;
    sigset_t before_;
};

}  // namespace kashim::cli
