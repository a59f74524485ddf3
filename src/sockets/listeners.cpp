// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "sockets/listeners.h"

#include "sockets/sockets.h"

#include <algorithm>

namespace kashim::sockets {

Listeners::Listeners(std::span<const Socket> sockets)
{
    for (const Socket& socket : sockets) {
        if (socket.state == TcpState::listen)
            places_.push_back({socket.local, socket.only_ipv6});
    }
    std::ranges::sort(places_, {}, [](const Place& place) { return place.endpoint.port; });
}

bool Listeners::could_accept(const policy::Endpoint& local) const
{
    using Family = policy::Address::Family;
    const auto by_port = [](const Place& place) { return place.endpoint.port; };
    const auto first = std::ranges::lower_bound(places_, local.port, {}, by_port);
    const auto last = std::ranges::upper_bound(places_, local.port, {}, by_port);
    return std::any_of(first, last, [&local](const Place& place) {
        const policy::Address& address = place.endpoint.address;
        if (!address.is_unspecified())
            return address == local.address;
        const bool takes_ipv4 = address.family == Family::ipv4 || !place.only_ipv6;
        return local.address.family == Family::ipv4 ? takes_ipv4 : address.family == Family::ipv6;
    });
}

}  // namespace kashim::sockets
