// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "guard/notify.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace kashim::guard {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

std::string_view variable(const char* name)
{
    const char* const value = std::getenv(name);
    return value != nullptr ? std::string_view(value) : std::string_view{};
}

std::uint64_t number(std::string_view text)
{
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? value : 0;
}

std::optional<milliseconds> watchdog_interval()
{
    const std::string_view pid = variable("WATCHDOG_PID");
    const std::uint64_t limit = number(variable("WATCHDOG_USEC"));
    if (limit == 0 || (!pid.empty() && number(pid) != static_cast<std::uint64_t>(::getpid())))
        return std::nullopt;
    constexpr milliseconds kShortest{1};
    return std::max(kShortest, std::chrono::duration_cast<milliseconds>(microseconds(limit / 2)));
}

}  // namespace

ServiceManager::ServiceManager() : address_(variable("NOTIFY_SOCKET"))
{
    const bool usable = address_.size() > 1 && address_.size() < sizeof(sockaddr_un::sun_path) &&
                        (address_[0] == '/' || address_[0] == '@');
    if (!usable)
        return;
    socket_ = platform::Descriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    watchdog_ = watchdog_interval();
}

void ServiceManager::send(std::string_view lines) const
{
    if (!socket_)
        return;
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    std::memcpy(to.sun_path, address_.data(), address_.size());
    if (to.sun_path[0] == '@')
        to.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
    ::sendto(socket_.get(), lines.data(), lines.size(), MSG_NOSIGNAL, reinterpret_cast<sockaddr*>(&to), size);
}

void ServiceManager::ready(std::string_view status)
{
    status_ = status;
    send(fmt::format("READY=1\nSTATUS={}", status));
}

void ServiceManager::reloading()
{
    // Type=notify-reload (systemd 253) wants to know that this is the answer to its signal, not to an earlier one.
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const auto us =
        std::chrono::seconds(now.tv_sec) + std::chrono::floor<microseconds>(std::chrono::nanoseconds(now.tv_nsec));
    send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", us.count()));
}

void ServiceManager::stopping()
{
    send("STOPPING=1");
}

void ServiceManager::status(std::string_view text)
{
    if (text == status_)
        return;
    status_ = text;
    send(fmt::format("STATUS={}", text));
}

void ServiceManager::alive()
{
    send("WATCHDOG=1");
}

}  // namespace kashim::guard
