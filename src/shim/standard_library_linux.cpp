// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The few places where libstdc++ would pull in its exception runtime: a pool of 73 kB allocated with malloc in every
// process, thread-local storage, and symbols that only new versions of glibc have. Defined here, they are never taken
// from there. (What the linker still finds missing, the ABI tests say.)
#include "shim/arena.h"

#include <cstddef>
#include <memory>
#include <new>

namespace std {

void __throw_length_error(const char*)
{
    kashim::shim::leave_arena();
}

void __throw_logic_error(const char*)
{
    kashim::shim::leave_arena();
}

void __throw_out_of_range_fmt(const char*, ...)
{
    kashim::shim::leave_arena();
}

void __throw_bad_alloc()
{
    kashim::shim::leave_arena();
}

void __throw_bad_array_new_length()
{
    kashim::shim::leave_arena();
}

// Asked by make_shared's destructor side, where there is no RTTI.
bool _Sp_make_shared_tag::_S_eq(const type_info&) noexcept
{
    return false;
}

}  // namespace std

// std::shared_ptr asks whether it must count atomically; glibc has the answer since 2.32 only. What we count is counted
// in the constructor, by one thread.
extern "C" {

// In the table of an abstract class whose object is being made.
__attribute__((visibility("hidden"))) void __cxa_pure_virtual()
{
    kashim::shim::leave_arena();
}

extern char __libc_single_threaded;
__attribute__((visibility("hidden"))) char __libc_single_threaded = 1;
}
