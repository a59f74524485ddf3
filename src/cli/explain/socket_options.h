// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/timeline.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace kashim::cli {

/// A socket option as strace(1) would show it.
struct SocketOption {
    std::string_view name;
    std::int64_t value;
};

/// What a system's setsockopt(2) is told for these values.
constexpr std::array<SocketOption, 5> socket_options(const policy::Values& values, policy::System system)
{
    const bool on_linux = system == policy::System::on_linux;
    return {
        {{"SO_KEEPALIVE", values.keepalive ? 1 : 0},
         {on_linux ? "TCP_KEEPIDLE" : "TCP_KEEPALIVE", values.idle.count()},
         {"TCP_KEEPINTVL", values.interval.count()},
         {"TCP_KEEPCNT", values.count},
         {on_linux ? "TCP_USER_TIMEOUT" : "TCP_RXT_CONNDROPTIME",
          on_linux ? std::int64_t{values.user_timeout.count()} : policy::conn_drop_time(values.user_timeout).count()}}};
}

}  // namespace kashim::cli
