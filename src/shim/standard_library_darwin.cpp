// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What libc++ has compiled beforehand, in a library of the system, of what we use: compiled here, so that ours needs
// libSystem alone and shares nothing with the program's C++. (What the linker still finds missing, the build says:
// -nostdlib++.)
#include "shim/arena.h"

#include <array>
#include <charconv>
#include <memory>
#include <string>

template class std::basic_string<char>;

namespace {

template <typename Number>
std::string text_of(Number number)
{
    std::array<char, 24> text;
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr};
}

}  // namespace

std::string std::to_string(int number)
{
    return text_of(number);
}
std::string std::to_string(unsigned number)
{
    return text_of(number);
}
std::string std::to_string(long number)
{
    return text_of(number);
}
std::string std::to_string(unsigned long number)
{
    return text_of(number);
}
std::string std::to_string(long long number)
{
    return text_of(number);
}
std::string std::to_string(unsigned long long number)
{
    return text_of(number);
}

namespace std {

// std::shared_ptr, of which toml++ has one. No memory is ever given back (arena.h), so nothing follows from the last
// owner's end.
__shared_count::~__shared_count() {}
__shared_weak_count::~__shared_weak_count() {}
void __shared_weak_count::__release_weak() noexcept {}
const void* __shared_weak_count::__get_deleter(const type_info&) const noexcept
{
    return nullptr;
}

}  // namespace std

extern "C" {

// In the table of an abstract class whose object is being made.
void __cxa_pure_virtual()
{
    kashim::shim::leave_arena();
}
}
