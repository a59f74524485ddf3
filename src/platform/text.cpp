// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace kashim::platform {

Text& Text::operator<<(std::string_view text)
{
    // The last byte is kept for end_line().
    const std::size_t room = size_ + 1 < memory_.size() ? memory_.size() - 1 - size_ : 0;
    const std::size_t fits = std::min(text.size(), room);
    std::copy_n(text.begin(), fits, memory_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += fits;
    return *this;
}

Text& Text::operator<<(std::int64_t number)
{
    return padded(number, 1);
}

Text& Text::padded(std::int64_t number, int digits)
{
    std::array<char, 24> buffer;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
    for (auto missing = digits - (end - buffer.data()); missing > 0; --missing)
        *this << "0";
    return *this << std::string_view(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
}

Text& Text::hex(std::uint16_t number)
{
    std::array<char, 4> buffer;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, 16).ptr;
    return *this << std::string_view(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
}

Text& Text::operator<<(const policy::Address& address)
{
    if (address.family == policy::Address::Family::ipv4) {
        const auto byte = [&address](int shift) { return static_cast<std::int64_t>(address.low >> shift & 0xff); };
        return *this << byte(24) << "." << byte(16) << "." << byte(8) << "." << byte(0);
    }
    std::array<std::uint16_t, 8> groups;
    for (unsigned i = 0; i < 8; ++i) {
        const std::uint64_t half = i < 4 ? address.high : address.low;
        groups[i] = static_cast<std::uint16_t>(half >> (48 - 16 * (i % 4)));
    }
    // RFC 5952: the longest run of at least two zero groups, the first of equals, becomes "::".
    unsigned gap = 8;
    unsigned gap_size = 1;
    for (unsigned i = 0; i < 8; ++i) {
        unsigned size = 0;
        while (i + size < 8 && groups[i + size] == 0)
            ++size;
        if (size > gap_size) {
            gap = i;
            gap_size = size;
        }
    }
    for (unsigned i = 0; i < 8; ++i) {
        if (i == gap) {
            *this << "::";
            i += gap_size - 1;
            continue;
        }
        if (i != 0 && i != gap + gap_size)
            *this << ":";
        hex(groups[i]);
    }
    return *this;
}

Text& Text::operator<<(const policy::Endpoint& endpoint)
{
    if (endpoint.address.family == policy::Address::Family::ipv6)
        *this << "[" << endpoint.address << "]";
    else
        *this << endpoint.address;
    return *this << ":" << std::int64_t{endpoint.port};
}

void Text::end_line()
{
    if (size_ < memory_.size())
        memory_[size_++] = '\n';
}

}  // namespace kashim::platform
