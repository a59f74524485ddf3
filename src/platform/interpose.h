// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#if defined(__APPLE__)
#    include "platform/interpose_macho.h"
#else

#    include <atomic>
#    include <cerrno>
#    include <cstddef>
#    include <type_traits>

/// How a function of the C library is replaced, and how its replacement finds it.
///
///     KASHIM_INTERPOSE(int, listen, (int fd, int backlog))
///     {
///         ...
///         return KASHIM_REAL(listen)(fd, backlog);
///     }
///
/// On ELF the replacement carries the function's name (through an asm label: glibc declares some of these functions
/// non-throwing and others not, and so do other libraries differently), and the dynamic linker takes the first
/// definition it meets: ours, in a preloaded library. Replacements are not noexcept: a cancelled thread unwinds
/// through them.

namespace kashim::platform {

/// Every replaced function has a slot, so that the real one is looked up once. The last is setsockopt by the name that
/// glibc has for programs with 64-bit times on 32-bit systems.
enum class Hook : std::size_t { socket, connect, listen, accept, accept4, setsockopt, __setsockopt64, count_ };

namespace detail {

extern std::atomic<void*> real_functions[static_cast<std::size_t>(Hook::count_)];

// Looks the function up behind us and keeps it; null where there is none. Leaves errno alone.
void* find_real(Hook hook);

// What a program meets that calls a function its C library does not have.
template <typename Result, typename... Arguments>
Result unavailable(Arguments...)
{
    errno = ENOSYS;
    return Result{-1};
}

template <typename Result, typename... Arguments>
constexpr auto unavailable_as(Result (*)(Arguments...))
{
    return &unavailable<Result, Arguments...>;
}
template <typename Result, typename... Arguments>
constexpr auto unavailable_as(Result (*)(Arguments...) noexcept)
{
    return &unavailable<Result, Arguments...>;
}

template <typename Function>
auto real(Hook hook, Function declared) -> decltype(unavailable_as(declared))
{
    using Pointer = decltype(unavailable_as(declared));
    void* found = real_functions[static_cast<std::size_t>(hook)].load(std::memory_order_relaxed);
    if (found == nullptr)
        found = find_real(hook);
    return found != nullptr ? reinterpret_cast<Pointer>(found) : unavailable_as(declared);
}

}  // namespace detail

/// Finds them now, so that no hook needs the dynamic linker later.
void find_real_functions();

}  // namespace kashim::platform

#    define KASHIM_REAL(name)                                                                                          \
        (::kashim::platform::detail::real(::kashim::platform::Hook::name, static_cast<decltype(&::name)>(nullptr)))

#    define KASHIM_INTERPOSE(result, name, parameters)                                                                 \
        extern "C" __attribute__((visibility("default"))) result kashim_##name parameters __asm__(#name);              \
        static_assert(std::is_same_v<decltype(::kashim::platform::detail::unavailable_as(&kashim_##name)),             \
                                     decltype(::kashim::platform::detail::unavailable_as(                              \
                                         static_cast<decltype(&::name)>(nullptr)))>,                                   \
                      "the signature differs from the header's");                                                      \
        extern "C" result kashim_##name parameters

#endif
