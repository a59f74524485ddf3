// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "support/process.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace kashim::test {

/// kashim check as a user meets it: in a folder of its own, with a configuration there.
class Check : public testing::Test {
protected:
    Command command(std::vector<std::string> arguments, std::vector<std::string> environment = {}) const
    {
        arguments.insert(arguments.begin(), KASHIM_COMMAND);
        Command command{std::move(arguments), std::move(environment)};
        command.directory = folder_.path();
        return command;
    }

    Result kashim(std::vector<std::string> arguments, std::vector<std::string> environment = {}) const
    {
        return run(command(std::move(arguments), std::move(environment)));
    }

    /// kashim check - with this on standard input.
    Result checked(std::string_view text, std::vector<std::string> options = {}) const
    {
        options.insert(options.begin(), {"check", "-"});
        Command with_input = command(std::move(options));
        with_input.input = std::string(text);
        return run(with_input);
    }

    /// Writes kashim.toml into the folder, which is where the commands run. Its name there is enough to find it.
    std::string file(std::string_view text) const
    {
        write_file(folder_ / "kashim.toml", text);
        return "kashim.toml";
    }

    std::string folder() const { return folder_.path().string(); }

private:
    TempDir folder_;
};

/// The whole of what was said, on standard output.
inline void expect(const Result& result, int status, const std::string& out)
{
    EXPECT_EQ(result.exit_code, status) << result;
    EXPECT_EQ(result.out, out);
    EXPECT_EQ(result.err, "");
}

}  // namespace kashim::test
