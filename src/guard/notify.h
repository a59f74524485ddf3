// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "platform/descriptor.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace kashim::guard {

/// What a service manager that runs us with Type=notify is told (sd_notify(3)). Where NOTIFY_SOCKET is not set nobody
/// listens, and nothing happens. What cannot be sent is lost: a manager that does not listen is no reason to stop.
class ServiceManager {
public:
    ServiceManager();

    void ready(std::string_view status);

    /// The rules are being read again; ready() ends it.
    void reloading();
    void stopping();

    /// One line for humans (systemctl status). Sent only when it differs from the last one.
    void status(std::string_view text);

    /// We are not stuck.
    void alive();

    /// How often alive() is due: half of WATCHDOG_USEC, where WATCHDOG_PID is ours or not set (sd_watchdog_enabled(3)).
    const std::optional<std::chrono::milliseconds>& watchdog() const { return watchdog_; }

private:
    void send(std::string_view lines) const;

    platform::Descriptor socket_;
    std::string address_;  // as in NOTIFY_SOCKET; a leading @ stands for the zero byte of an abstract one (unix(7))
    std::string status_;
    std::optional<std::chrono::milliseconds> watchdog_;
};

}  // namespace kashim::guard
