// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The same properties as parse_mutation_test, searched by libFuzzer for as long as one likes:
//   CXX=clang++ cmake -S . -B build-fuzz -DKASHIM_TESTS=ON -DKASHIM_LIBFUZZER=ON
//   cmake --build build-fuzz --target parse_fuzzer && build-fuzz/tests/fuzz/parse_fuzzer CORPUS tests/fuzz/seeds
#include "fuzz/parse_properties.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto fault = kashim::test::parse_fault({reinterpret_cast<const char*>(data), size});
    if (fault) {
        std::fprintf(stderr, "%s\n", fault->c_str());
        std::abort();
    }
    return 0;
}
