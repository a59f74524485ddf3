// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <type_traits>

/// On macOS a replacement has a name of its own, and a pair of pointers in the section __DATA,__interpose tells dyld
/// which function it replaces, in every image but this one (appendInterposingTuples in dyld/DyldRuntimeState.cpp): what
/// this library calls is the real function, or that of the library that was inserted before it. So there is nothing to
/// be found at load, and nothing to be exported.
///
/// A replaced function that libSystem does not have would keep every program from starting: name only what it has in
/// the oldest macOS this is built for.

namespace kashim::platform {

template <typename Function>
struct Interposed {
    Function* replacement;
    Function* replaced;
};

inline void find_real_functions() {}

}  // namespace kashim::platform

#define KASHIM_REAL(name) (&::name)

#define KASHIM_INTERPOSE(result, name, parameters)                                                                     \
    extern "C" result kashim_##name parameters;                                                                        \
    static_assert(std::is_same_v<decltype(kashim_##name), decltype(::name)>,                                           \
                  "the signature differs from the header's");                                                          \
    __attribute__((                                                                                                    \
        used,                                                                                                          \
        section("__DATA,__interpose,interposing"))) static constinit ::kashim::platform::Interposed<decltype(::name)>  \
        interposed_##name{&kashim_##name, &::name};                                                                    \
    extern "C" result kashim_##name parameters
