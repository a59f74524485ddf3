// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "static/container.h"

#include "wire/namespaces.h"

#include <unistd.h>

#include <stdexcept>

namespace kashim::test {
namespace {

namespace fs = std::filesystem;

// Nothing of the test's own environment. Here and not inside: a container need not have env.
Command without_environment(std::vector<std::string> way, const std::vector<std::string>& arguments)
{
    way.insert(way.begin(), {"/usr/bin/env", "-i", "PATH=/usr/bin:/bin"});
    way.insert(way.end(), arguments.begin(), arguments.end());
    return {.arguments = std::move(way)};
}

}  // namespace

Container::Container() : root_(folder_ / "root")
{
    for (const char* folder : {"proc", "tmp"})
        fs::create_directories(root_ / folder);
    add(KASHIM_STATIC_COMMAND, kCommandInside);
}

void Container::add(const fs::path& file, std::string_view inside) const
{
    const fs::path to = root_ / (inside.empty() ? file : fs::path(inside)).relative_path();
    fs::create_directories(to.parent_path());
    fs::copy_file(file, to, fs::copy_options::overwrite_existing);
}

void Container::write(std::string_view inside, std::string_view text) const
{
    const fs::path to = root_ / fs::path(inside).relative_path();
    fs::create_directories(to.parent_path());
    write_file(to, text);
}

void Container::build_holds(std::vector<std::string> compiler, std::string_view inside) const
{
    const fs::path made = folder_ / "made";
    compiler.insert(compiler.end(), {"-o", made, KASHIM_SOURCE_DIR "/tests/cli/programs/holds.c"});
    const Result result = run({.arguments = std::move(compiler)});
    if (!result.ok())
        throw std::runtime_error(result.err);
    add(made, inside);
}

Command Container::alone(std::vector<std::string> arguments) const
{
    return without_environment(
        {"unshare", "--mount", "--pid", "--fork", "--kill-child", "--root=" + root_.string(), "--mount-proc=/proc"},
        arguments);
}

Process& Container::start(std::vector<std::string> arguments)
{
    return process_.emplace(alone(std::move(arguments)));
}

Command Container::beside(std::vector<std::string> arguments) const
{
    const std::string pid = std::to_string(process_->pid());
    const std::string first = std::to_string(std::stoi(read_file("/proc/" + pid + "/task/" + pid + "/children")));
    arguments.insert(arguments.begin(), std::string(kCommandInside));
    return without_environment({"nsenter", "--target", first, "--mount", "--pid", "--root", "--wd"}, arguments);
}

Result Container::kashim(std::vector<std::string> arguments) const
{
    arguments.insert(arguments.begin(), std::string(kCommandInside));
    return run(alone(std::move(arguments)));
}

void StaticTest::SetUp()
{
    if (!enter_new_network() || !raise_loopback() ||
        !run({.arguments = {"unshare", "--mount", "--pid", "--fork", "true"}}).ok())
        GTEST_SKIP() << "skipped, because namespaces cannot be made here";
    container_.emplace();
    container_->write(kConfigurationInside, kRules);
    fill(*container_);
}

Process& StaticTest::connect(std::vector<std::string> program, std::uint16_t port)
{
    program.insert(program.end(), {"connect", "127.0.0.1", std::to_string(port)});
    Process& process = container_->start(std::move(program));
    EXPECT_TRUE(process.says("connected\n")) << process.err();
    return process;
}

}  // namespace kashim::test
