// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Our own look-up of functions against the loader's, over everything that this process has loaded.
#include "platform/next_function_elf.h"

#include "abi/elf_file.h"
#include "platform/loaded_object_elf.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace kashim::test {
namespace {

/// The libraries of this process; not the program, whose names are not behind it, and not the vDSO, which is no file.
std::vector<std::string> libraries()
{
    std::vector<std::string> paths;
    dl_iterate_phdr(
        [](dl_phdr_info* info, std::size_t, void* found) {
            const std::string path = info->dlpi_name;
            if (path.starts_with('/'))
                static_cast<std::vector<std::string>*>(found)->push_back(path);
            return 0;
        },
        &paths);
    return paths;
}

std::set<std::string> functions_of(const std::string& path)
{
    std::set<std::string> names;
    for (const Symbol& symbol : ElfFile(path).symbols())
        if (symbol.defined && symbol.function)
            names.insert(symbol.name);
    return names;
}

TEST(NextFunction, IsTheOneThatDlsymFindsForEveryFunctionOfEveryLibraryHere)
{
    std::size_t compared = 0;
    for (const std::string& path : libraries()) {
        for (const std::string& name : functions_of(path)) {
            ASSERT_EQ(platform::next_function(name.c_str()), dlsym(RTLD_NEXT, name.c_str())) << name << " of " << path;
            ++compared;
        }
    }
    EXPECT_GT(compared, 2000u);
}

TEST(NextFunction, AsksAFunctionThatChoosesByProcessor)
{
    for (const char* name : {"memcpy", "strlen", "memset", "strchr"}) {
        EXPECT_NE(platform::next_function(name), nullptr);
        EXPECT_EQ(platform::next_function(name), dlsym(RTLD_NEXT, name)) << name;
    }
}

TEST(NextFunction, IsNullWhereThereIsNone)
{
    for (const char* name : {"kashim_has_no_such_function", "", "main", "errno"})
        EXPECT_EQ(platform::next_function(name), nullptr) << name;
}

TEST(NextFunction, IsNoneOfTheProgramItself)
{
    // This very program defines it, and nobody behind it does.
    EXPECT_EQ(platform::next_function("_start"), nullptr);
}

}  // namespace
}  // namespace kashim::test
