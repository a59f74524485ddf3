// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/script.h"

#include "programs/debian.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <iterator>
#include <regex>
#include <sstream>
#include <stdexcept>

namespace kashim::test {
namespace {

constexpr std::string_view kBefore = R"(
import os, signal, socket, sys
def say(**names):
    for name, value in names.items(): print(f'{name}={value}')
def listener(address='127.0.0.1', protocol=0, backlog=16):
    made = socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET, socket.SOCK_STREAM, protocol)
    made.bind((address, 0))
    made.listen(backlog)
    return made
def connection(listening, address='127.0.0.1', protocol=0):
    client = socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET, socket.SOCK_STREAM, protocol)
    client.connect((address, listening.getsockname()[1]))
    return client, listening.accept()[0]
def port(made): return made.getsockname()[1]
)";

constexpr std::string_view kAfter = R"(
say(pid=os.getpid())
print('ready', flush=True)
signal.pause()
)";

Command python(std::string_view code, Command command)
{
    command.arguments.insert(command.arguments.end(), {debian_path("python3"), "-c",
                                                       std::string(kBefore) + std::string(code) + std::string(kAfter)});
    return command;
}

}  // namespace

Script::Script(std::string_view code, Command command) : process_(python(code, std::move(command)))
{
    if (!process_.says("ready\n"))
        throw std::runtime_error("the script failed: " + process_.out() + process_.err());
    std::istringstream lines(process_.out());
    for (std::string line; std::getline(lines, line);) {
        if (const auto equals = line.find('='); equals != std::string::npos)
            said_[line.substr(0, equals)] = line.substr(equals + 1);
    }
    pid_ = std::stoi(said_.at("pid"));
}

std::string Script::fill(std::string_view text) const
{
    std::string filled(text);
    for (const auto& [name, value] : said_) {
        const std::string place = "{" + name + "}";
        for (std::size_t at = 0; (at = filled.find(place, at)) != std::string::npos; at += value.size())
            filled.replace(at, place.size(), value);
    }
    return filled;
}

std::string squeezed(const std::string& text)
{
    return std::regex_replace(text, std::regex(" {2,}"), "  ");
}

std::vector<std::string> sorted_lines(const std::string& text)
{
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    std::sort(lines.begin(), lines.end());
    return lines;
}

std::string table_of(const Result& result)
{
    return std::regex_replace(squeezed(result.out),
                              std::regex("  (1000|[7-9][0-9][0-9])s(?=  (rule|built-in|\\[defaults))"), "  {next}");
}

Kashim::Kashim(std::string_view configuration) : configuration_(write_file(folder_ / "kashim.toml", configuration)) {}

Result Kashim::operator()(std::vector<std::string> arguments, Command more) const
{
    return run(command(std::move(arguments), std::move(more)));
}

Command Kashim::command(std::vector<std::string> arguments, Command command) const
{
    command.arguments.push_back(program_);
    command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
    command.environment.push_back("KASHIM_CONFIG=" + configuration_);
    return command;
}

const std::string& Kashim::for_everybody()
{
    const std::filesystem::path copy = folder_ / "kashim";
    std::filesystem::copy_file(KASHIM_COMMAND, copy, std::filesystem::copy_options::skip_existing);
    program_ = copy;
    return program_;
}

void forbid_taking()
{
    constexpr unsigned kPidfdGetfd = 438;
    sock_filter program[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                             BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kPidfdGetfd, 0, 1),
                             BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
                             BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    const sock_fprog filter{std::size(program), program};
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

}  // namespace kashim::test
