// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace kashim::test {

/// A program on a terminal of its own, whose session it leads, and somebody who types and reads.
class Terminal {
public:
    explicit Terminal(std::vector<std::string> arguments)
    {
        std::vector<char*> argv;
        for (std::string& argument : arguments)
            argv.push_back(argument.data());
        argv.push_back(nullptr);
        const winsize size{.ws_row = 24, .ws_col = 500, .ws_xpixel = 0, .ws_ypixel = 0};
        pid_ = ::forkpty(&master_, nullptr, nullptr, &size);
        if (pid_ < 0)
            throw std::system_error(errno, std::generic_category(), "forkpty");
        if (pid_ == 0) {
            ::execvp(argv[0], argv.data());
            ::_exit(127);
        }
        ::fcntl(master_, F_SETFD, FD_CLOEXEC);
        // What is typed is not to be found in what was said.
        termios settings{};
        ::tcgetattr(master_, &settings);
        settings.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(master_, TCSANOW, &settings);
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    ~Terminal()
    {
        hang_up();
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
        }
    }

    pid_t pid() const { return pid_; }

    void type(std::string_view keys)
    {
        if (::write(master_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size()))
            throw std::system_error(errno, std::generic_category(), "terminal");
    }

    /// Waits until the text was said that often in all; false where it was not.
    bool says(std::string_view text, std::size_t times = 1)
    {
        return eventually([&] {
            read_more();
            return count(text) >= times;
        });
    }

    std::size_t count(std::string_view text) const
    {
        std::size_t found = 0;
        for (auto at = said_.find(text); at != std::string::npos; at = said_.find(text, at + 1))
            ++found;
        return found;
    }

    const std::string& said() const { return said_; }

    /// The window has gone.
    void hang_up()
    {
        if (master_ >= 0)
            ::close(master_);
        master_ = -1;
    }

    void resize(unsigned short columns)
    {
        const winsize size{.ws_row = 24, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
        ::ioctl(master_, TIOCSWINSZ, &size);
    }

    /// As waitpid(2) gives it; throws std::runtime_error where it does not end.
    int wait()
    {
        int status = 0;
        if (!eventually([&] {
                read_more();  // who writes to a full terminal does not end
                return ::waitpid(pid_, &status, WNOHANG) == pid_;
            }))
            throw std::runtime_error("still running");
        pid_ = -1;
        return status;
    }

private:
    void read_more()
    {
        char piece[4096];
        for (pollfd ready{master_, POLLIN, 0}; master_ >= 0 && ::poll(&ready, 1, 0) == 1;) {
            const ssize_t size = ::read(master_, piece, sizeof piece);
            if (size <= 0)
                return;
            said_.append(piece, static_cast<std::size_t>(size));
        }
    }

    pid_t pid_ = -1;
    int master_ = -1;
    std::string said_;
};

}  // namespace kashim::test
