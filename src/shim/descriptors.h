// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace kashim::shim {

/// What our hooks last saw of a descriptor. A hint: dup2, SCM_RIGHTS or io_uring can put another socket on the number
/// behind our back. It saves asking the kernel: what is `other` is passed by, what is `fresh` has the base, what is
/// `settled` has handed everything down. A socket that came onto such a number unseen keeps what it has (the README says
/// so); for any other answer the kernel is asked.
enum class Seen : std::uint8_t {
    nothing,   ///< not by us
    other,     ///< it is not TCP
    fresh,     ///< made by socket(), has the base
    outbound,  ///< connect was called
    inbound,   ///< it came from accept
    settled,   ///< a listener that hands down what every connection gets
    listener,  ///< a listener whose connections get a rule by their peer
};

/// A byte for each descriptor. Plain stores, no locks: a forked or signalled thread finds it whole. Neighbouring numbers
/// lie in different cache lines, so that threads that open sockets at the same time do not fight over one.
class Descriptors {
public:
    Seen operator[](int fd) const
    {
        return tracked(fd) ? table_[place(fd)].load(std::memory_order_relaxed) : Seen::nothing;
    }

    void set(int fd, Seen seen)
    {
        if (tracked(fd) && (*this)[fd] != seen)
            table_[place(fd)].store(seen, std::memory_order_relaxed);
    }

private:
    // Higher numbers are asked of the kernel each time. 16 KiB of .bss, of which a process touches a page for each
    // 4,096 descriptors it uses.
    static constexpr int kTracked = 16384;

    static bool tracked(int fd) { return fd >= 0 && fd < kTracked; }

    static std::size_t place(int fd)
    {
        const auto number = static_cast<std::size_t>(fd);
        return (number & ~std::size_t{4095}) | (number & 63) << 6 | (number >> 6 & 63);
    }

    std::array<std::atomic<Seen>, kTracked> table_{};
};

/// The ports this process listens on.
class Ports {
public:
    bool has(std::uint16_t port) const { return (word(port).load(std::memory_order_relaxed) & bit(port)) != 0; }

    void add(std::uint16_t port)
    {
        if (!has(port))
            word(port).fetch_or(bit(port), std::memory_order_relaxed);
    }

private:
    static std::uint32_t bit(std::uint16_t port) { return std::uint32_t{1} << (port & 31); }
    std::atomic<std::uint32_t>& word(std::uint16_t port) { return words_[port >> 5]; }
    const std::atomic<std::uint32_t>& word(std::uint16_t port) const { return words_[port >> 5]; }

    std::array<std::atomic<std::uint32_t>, 2048> words_{};
};

}  // namespace kashim::shim
