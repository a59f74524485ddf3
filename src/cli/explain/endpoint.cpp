// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/explain/endpoint.h"

#include "config/words.h"
#include "platform/socket.h"
#include "platform/text.h"

#include <fmt/format.h>
#include <netdb.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>

namespace kashim::cli {
namespace {

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

struct Lookup {
    Addresses list{nullptr, &freeaddrinfo};
    std::string error{};
};

// In words of our own where each C library has its own.
std::string reason(int status)
{
    switch (status) {
    case EAI_NONAME:
        return "the name is not known";
    case EAI_AGAIN:
        return "no name server answers";
    case EAI_SYSTEM:
        return std::strerror(errno);
    default:
        return gai_strerror(status);
    }
}

Lookup look_up(const char* host, const char* service)
{
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int status = getaddrinfo(host, service, &hints, &found);
    return status == 0 ? Lookup{Addresses(found, &freeaddrinfo)} : Lookup{.error = reason(status)};
}

std::optional<std::uint16_t> port_of_service(const std::string& name)
{
    const Lookup found = look_up(nullptr, name.c_str());
    if (found.list == nullptr)
        return std::nullopt;
    const auto endpoint = platform::endpoint_of(found.list->ai_addr, found.list->ai_addrlen);
    return endpoint ? std::optional(endpoint->port) : std::nullopt;
}

std::optional<std::uint16_t> read_port(const std::string& text)
{
    unsigned number = 0;
    const char* const end = text.data() + text.size();
    const auto [last, error] = std::from_chars(text.data(), end, number);
    const bool is_number = !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    if (!is_number)
        return text.empty() ? std::nullopt : port_of_service(text);
    if (error != std::errc{} || last != end || number < 1 || number > 65535)
        return std::nullopt;
    return static_cast<std::uint16_t>(number);
}

template <typename Item>
std::string text_of(const Item& item)
{
    std::array<char, 64> memory;
    platform::Text text(memory);
    text << item;
    return std::string(text.view());
}

}  // namespace

HostPort read_host_port(std::string_view text)
{
    std::string_view host;
    std::string_view port = text;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos || end + 1 >= text.size() || text[end + 1] != ':')
            return {.error = fmt::format("{} is not [ADDRESS]:PORT", config::in_quotes(text))};
        host = text.substr(1, end - 1);
        port = text.substr(end + 2);
    } else if (const auto colon = text.rfind(':'); colon != std::string_view::npos) {
        host = text.substr(0, colon);
        port = text.substr(colon + 1);
        if (host.find(':') != std::string_view::npos)
            return {.error = fmt::format("an IPv6 address stands in brackets: [ADDRESS]:PORT, not {}",
                                         config::in_quotes(text))};
    }
    const auto number = read_port(std::string(port));
    if (!number)
        return {.error = port.empty() ? fmt::format("{} names no port", config::in_quotes(text))
                                      : fmt::format("the port {} is neither a number from 1 to 65535 nor a service "
                                                    "that is known here",
                                                    config::in_quotes(port))};
    return {std::string(host), *number, {}};
}

Resolved resolve(const std::string& host)
{
    const Lookup found = look_up(host.c_str(), nullptr);
    Resolved resolved;
    for (const addrinfo* item = found.list.get(); item != nullptr; item = item->ai_next) {
        const auto endpoint = platform::endpoint_of(item->ai_addr, item->ai_addrlen);
        if (endpoint && std::ranges::find(resolved.addresses, endpoint->address) == resolved.addresses.end())
            resolved.addresses.push_back(endpoint->address);
    }
    if (resolved.addresses.empty())
        resolved.error = fmt::format("{} has no address: {}", config::in_quotes(host),
                                     found.error.empty() ? "none of its addresses is an IP address" : found.error);
    return resolved;
}

std::string address_text(const policy::Address& address)
{
    return text_of(address);
}

std::string endpoint_text(const policy::Endpoint& endpoint)
{
    return text_of(endpoint);
}

}  // namespace kashim::cli
