// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "programs/guard.h"

#include <functional>
#include <string>
#include <vector>

namespace kashim::test {

/// `kashim guard -- PROGRAM`: the program, its caller and whoever reads its output must not notice that somebody stands
/// between them.
class GuardWrapperTest : public testing::Test {
protected:
    std::vector<std::string> guarded(const std::vector<std::string>& program) const
    {
        return guard_started(directory_, in_a_hurry(kDefaultsTable), program);
    }

    std::vector<std::string> python(const char* script) const
    {
        return guarded({debian_path("python3"), "-c", script});
    }

    /// The program, bare and guarded, says the same.
    void expect_same(const std::vector<std::string>& program, const std::function<void()>& before_exec = {}) const
    {
        const Result bare = run({.arguments = program, .directory = "/usr", .before_exec = before_exec});
        const Result result = run({.arguments = guarded(program), .directory = "/usr", .before_exec = before_exec});
        EXPECT_TRUE(bare.ok()) << bare;
        EXPECT_EQ(bare.out, result.out);
        EXPECT_EQ(bare.err, result.err);
        EXPECT_EQ(bare.exit_code, result.exit_code);
    }

    const TempDir directory_;
};

}  // namespace kashim::test
