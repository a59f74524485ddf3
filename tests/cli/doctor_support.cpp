// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/doctor_support.h"

#include "support/values.h"

#include <unistd.h>

#include <algorithm>
#include <ostream>
#include <system_error>

namespace kashim::test {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDefaults =
    "no rule concerns it: every connection gets the built-in values (there is no configuration file)";

std::string replaced(std::string text, std::string_view what, std::string_view by)
{
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

}  // namespace

std::ostream& operator<<(std::ostream& stream, const Truth& truth)
{
    return stream << (truth.loaded ? "loaded" : "not loaded") << ", "
                  << (truth.keepalive ? "keepalive" : "no keepalive");
}

Waiting::Waiting(Command command)
{
    if (::pipe(ends_) != 0)
        throw std::system_error(errno, std::generic_category(), "pipe");
    command.descriptors.push_back({ends_[0], 0});
    process_ = std::make_unique<Process>(command);
    up_ = process_->says("up");
}

Waiting::~Waiting()
{
    process_.reset();
    ::close(ends_[0]);
    ::close(ends_[1]);
}

Truth truth_of(pid_t pid)
{
    const std::string maps = read_file("/proc/" + std::to_string(pid) + "/maps");
    const std::vector<TcpSocket> sockets = tcp_sockets(pid);
    return {maps.find("/libkashim.so") != std::string::npos,
            std::any_of(sockets.begin(), sockets.end(),
                        [](const TcpSocket& socket) { return socket.values.keepalive == 1; })};
}

pid_t process_named(pid_t pid, std::string_view name)
{
    pid_t found = 0;
    eventually([&] {
        std::error_code error;
        for (pid_t next = pid; next != 0;) {
            const std::string folder = "/proc/" + std::to_string(next);
            if (fs::read_symlink(folder + "/exe", error).filename() == name)
                found = next;
            const std::string children = read_file(folder + "/task/" + std::to_string(next) + "/children");
            next = children.empty() ? 0 : std::stoi(children);
        }
        return found != 0;
    });
    return found;
}

Doctor::Doctor()
{
    for (const char* folder : {"bin", "lib", "etc"})
        fs::create_directory(folder_ / folder);
    fs::copy_file(KASHIM_COMMAND, at("bin/kashim"));
    fs::copy_file(KASHIM_LIBRARY, library());
}

Result Doctor::ask(const Question& question) const
{
    Command command;
    command.arguments = question.arguments;
    command.arguments.insert(command.arguments.begin(), {at("bin/kashim"), "doctor"});
    command.environment = {"HOME=" + at("home"), "XDG_CONFIG_HOME=", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"};
    command.environment.insert(command.environment.end(), question.environment.begin(), question.environment.end());
    command.directory = question.directory.empty() ? folder_.path() : question.directory;
    command.uid = question.uid;
    return run(command);
}

void Doctor::expect(const Question& question, int status, const std::string& out) const
{
    const Result result = ask(question);
    EXPECT_EQ(replaced(replaced(result.out, folder_.path().string(), "FOLDER"), kDefaults, "DEFAULTS"), out);
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(result.exit_code, status);
}

Command Doctor::preloaded(std::vector<std::string> arguments, std::vector<std::string> environment) const
{
    environment.push_back("LD_PRELOAD=" + library());
    environment.push_back("HOME=" + at("home"));
    environment.push_back("XDG_CONFIG_HOME=");
    Command command{std::move(arguments), std::move(environment)};
    command.directory = folder_.path();
    return command;
}

Truth Doctor::truth(std::vector<std::string> arguments, std::optional<uid_t> uid,
                    std::vector<std::string> environment) const
{
    Command command = preloaded(std::move(arguments), std::move(environment));
    command.uid = uid;
    Waiting waiting(command);
    EXPECT_TRUE(waiting.up()) << waiting.process().err();
    return waiting.up() ? truth_of(waiting.pid()) : Truth{};
}

std::string Doctor::built(const std::string& name, std::vector<std::string> compiler) const
{
    compiler.insert(compiler.end(), {"-o", at(name), KASHIM_SOURCE_DIR "/tests/cli/programs/waits.c"});
    must_run(std::move(compiler));
    return at(name);
}

std::string Doctor::script(const std::string& name, std::string_view text) const
{
    const std::string path = write_file(folder_ / name, text);
    fs::permissions(path, fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec |
                              fs::perms::others_read | fs::perms::others_exec);
    return path;
}

std::string Doctor::configuration(std::string_view text) const
{
    fs::create_directory(folder_ / "etc/kashim");
    return write_file(folder_ / "etc/kashim/kashim.toml", text);
}

Php php()
{
    std::error_code missing;
    const std::string program = fs::canonical("/usr/bin/php", missing);
    if (missing)
        return {};
    const auto says = [&](const std::string& constant) {
        return run({.arguments = {program, "-n", "-r", "echo " + constant + ";"}}).out;
    };
    const std::string extensions = says("PHP_EXTENSION_DIR");
    if (!fs::exists(extensions + "/curl.so"))
        return {};
    return {program, extensions, std::stoi(says("PHP_VERSION_ID")) < 80400};
}

void must_run(std::vector<std::string> arguments)
{
    const Result result =
        run({.arguments = std::move(arguments), .environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}});
    ASSERT_TRUE(result.ok()) << result;
}

}  // namespace kashim::test
