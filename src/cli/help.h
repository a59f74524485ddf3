// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace kashim::cli {

/// --help with a usage line of one's own, where the parser cannot know it: "[OPTIONS] [--] PROGRAM [ARGUMENT...]".
class UsageFormatter : public CLI::Formatter {
public:
    explicit UsageFormatter(std::string usage) : usage_(std::move(usage)) {}

    std::string make_usage(const CLI::App*, std::string name) const override;

private:
    std::string usage_;
};

/// Makes `kashim --help` of the command whose verbs are all added.
void teach(CLI::App& app);

}  // namespace kashim::cli
