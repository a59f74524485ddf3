// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "support/process.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace kashim::test {

/// kashim explain about "client", a program of the test's own: a symbolic link, in a folder that is the whole PATH.
class Explain : public testing::Test {
protected:
    Explain();

    Result explain(std::vector<std::string> arguments, std::vector<std::string> environment = {}) const;

    /// Writes the configuration; every run uses it from then on.
    std::string file(std::string_view text);

    std::string folder() const { return folder_.path().string(); }
    std::string client() const { return folder() + "/bin/client"; }

    /// The block about the client, started without arguments and found in PATH.
    std::string about_client() const;

    /// The block about the configuration. options: empty where there are none.
    std::string about_file(int rules, int rules_for_program, const std::string& options = "") const;

private:
    TempDir folder_;
    std::string path_;
};

/// Nothing on standard error, and this as a whole on standard output.
void expect_text(const Result& result, const std::string& text);

/// Nothing on standard output, and exit status 2.
void expect_failure(const Result& result, const std::string& error, int status = 2);

/// The text holds the part.
void expect_part(const std::string& text, const std::string& part);

std::string first_line(const Result& result);

}  // namespace kashim::test
