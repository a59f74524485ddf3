// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "platform/descriptor.h"
#include "platform/log.h"

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace kashim::guard {

/// What guard says while it runs: to KASHIM_LOG_FILE, else to standard error, a line each as the library writes it; to
/// the journal with the priority instead of our name, which the journal knows (sd-daemon(3)). Like the library it never
/// waits for a reader.
class GuardLog {
public:
    /// KASHIM_LOG_FILE, from the working folder that we have now: a guard may leave it. Empty: standard error.
    static std::string file_wanted();

    /// standard: where KASHIM_LOG names no level.
    GuardLog(platform::Level standard, bool quiet, const std::string& file);

    bool says(platform::Level level) const { return level <= level_; }
    void say(platform::Level level, std::string_view text);

    /// Standard error is this program's, and we keep no copy of it: who reads the other end would wait for us. From now
    /// on it is borrowed from the program for the length of a line, if that still is the one which we were started
    /// with. Of a program from which it cannot be had (setuid) it is kept: there is no other way to say so.
    void borrow_from(pid_t program);

private:
    void write(platform::Level level, std::string_view text);
    bool is_journal() const;

    platform::Log log_;
    platform::Level level_;
    bool to_file_ = false;
    std::uint64_t journal_device_ = 0;  // of JOURNAL_STREAM (systemd.exec(5)); inode 0: none
    std::uint64_t journal_inode_ = 0;
    platform::Descriptor lender_;   // a pidfd; empty: standard error is our own
    platform::Descriptor nothing_;  // /dev/null
};

}  // namespace kashim::guard
