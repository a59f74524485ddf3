// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <utility>

/// For small variables that begin as zero and are written at every start of a process: in .data, beside those that do
/// not, they share its page; in .bss each of them might be the one that touches another.
#if defined(__ELF__)
#    define KASHIM_WITH_DATA __attribute__((section(".data")))
#else
#    define KASHIM_WITH_DATA
#endif

namespace kashim::platform {

/// Zeroed memory straight from the kernel: nobody's malloc is asked. Pages cost only once they are touched.
class Mapping {
public:
    Mapping() = default;
    ~Mapping() { reset(); }
    Mapping(Mapping&& other) noexcept
        : start_(std::exchange(other.start_, nullptr)), size_(std::exchange(other.size_, 0))
    {
    }
    Mapping& operator=(Mapping&& other) noexcept
    {
        std::swap(start_, other.start_);
        std::swap(size_, other.size_);
        return *this;
    }

    /// Empty where the kernel refuses (ENOMEM, RLIMIT_AS). Where all of it is going to be written, having its pages now
    /// costs a fraction of what it costs to get them one by one.
    enum class Pages { when_touched, now };
    static Mapping of(std::size_t bytes, Pages pages = Pages::when_touched);

    std::span<std::byte> bytes() const { return {start_, size_}; }
    explicit operator bool() const { return start_ != nullptr; }

    /// The memory stays for good.
    std::span<std::byte> release()
    {
        const std::size_t size = std::exchange(size_, 0);
        return {std::exchange(start_, nullptr), size};
    }

    void reset();

private:
    Mapping(std::byte* start, std::size_t size) : start_(start), size_(size) {}

    std::byte* start_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace kashim::platform
