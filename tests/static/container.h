// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "support/process.h"
#include "support/values.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kashim::test {

/// What is in every container here: the static command, its configuration, and the library where the container has a
/// loader that could load it.
inline constexpr std::string_view kCommandInside = "/usr/bin/kashim";
inline constexpr std::string_view kConfigurationInside = "/etc/kashim/kashim.toml";

/// A container without a container engine: a root folder with what the test puts into it, a mount and a process
/// namespace, /proc of its own, and the network namespace that the test has made for itself. Nothing of the host is in it.
class Container {
public:
    Container();

    /// A file of the host, symbolic links followed, under its own path or another one.
    void add(const std::filesystem::path& file, std::string_view inside = {}) const;
    void write(std::string_view inside, std::string_view text) const;

    /// The small program that connects or listens and then waits (cli/programs/holds.c), built by this compiler.
    void build_holds(std::vector<std::string> compiler, std::string_view inside) const;

    /// The first process of the container. Without the host's environment.
    Process& start(std::vector<std::string> arguments);

    /// The command as another process of the container that was started, as "docker exec" does it.
    Command beside(std::vector<std::string> arguments) const;

    /// The command, in a container whose only process it is.
    Result kashim(std::vector<std::string> arguments) const;

private:
    Command alone(std::vector<std::string> arguments) const;

    TempDir folder_;
    std::filesystem::path root_;
    std::optional<Process> process_;
};

/// A test in a container, which fill() furnishes.
class StaticTest : public testing::Test {
protected:
    /// Skips where no container can be made.
    void SetUp() override;
    virtual void fill(const Container& container) = 0;

    Container& container() { return *container_; }

    /// Starts the program as the first process, and waits for its connection to the port.
    Process& connect(std::vector<std::string> program, std::uint16_t port);

private:
    std::optional<Container> container_;
};

/// What kRules asks for: an idle so short that the guard passes every second.
inline constexpr Values kOurs{.keepalive = 1, .idle = 4, .interval = 3, .count = 2, .user_timeout = 0};
inline constexpr std::string_view kRules = "[defaults]\nidle = 4\ninterval = 3\ncount = 2\n";

}  // namespace kashim::test
