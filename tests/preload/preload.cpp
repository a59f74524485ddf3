// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "preload.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace kashim::test {
namespace {

constexpr std::string_view kValues = "values ";

std::vector<std::string> lines_of(const std::string& text)
{
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

std::vector<std::string> of_steps(std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), program("steps"));
    return arguments;
}

}  // namespace

Values untouched()
{
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    const Values values = values_of(fd);
    ::close(fd);
    return values;
}

std::string program(std::string_view name)
{
    const char* const folder = std::getenv("KASHIM_PRELOAD_PROGRAMS");
    return std::string(folder != nullptr ? folder : KASHIM_PRELOAD_PROGRAMS) + "/" + std::string(name);
}

std::string library()
{
    const std::string beside = program("libkashim.so");
    return ::access(beside.c_str(), F_OK) == 0 ? beside : KASHIM_LIBRARY;
}

std::string early_library()
{
    return program("libpreload_early_library.so");
}

std::string visible(const Result& result)
{
    std::string text;
    for (const std::string& line : lines_of(result.out))
        if (!line.starts_with(kValues))
            text += line + "\n";
    return text;
}

std::vector<Values> all_values(const Result& result, std::string_view name)
{
    std::vector<Values> found;
    const std::string start = std::string(kValues) + std::string(name) + ": ";
    for (const std::string& line : lines_of(result.out)) {
        Values values;
        if (line.starts_with(start) &&
            std::sscanf(line.c_str() + start.size(), "keepalive=%d idle=%d interval=%d count=%d user_timeout=%d",
                        &values.keepalive, &values.idle, &values.interval, &values.count, &values.user_timeout) == 5)
            found.push_back(values);
    }
    return found;
}

Values values(const Result& result, std::string_view name)
{
    const std::vector<Values> found = all_values(result, name);
    if (found.size() == 1)
        return found.front();
    ADD_FAILURE() << "told " << found.size() << " times: values " << name << "\n" << result;
    return {-1, -1, -1, -1, -1};
}

Peer::Peer(const std::string& address, int backlog)
{
    sockaddr_storage storage{};
    socklen_t size = sizeof(sockaddr_in);
    if (address.find(':') == std::string::npos) {
        sockaddr_in ipv4{};
        ipv4.sin_family = AF_INET;
        ::inet_pton(AF_INET, address.c_str(), &ipv4.sin_addr);
        std::memcpy(&storage, &ipv4, sizeof ipv4);
    } else {
        sockaddr_in6 ipv6{};
        ipv6.sin6_family = AF_INET6;
        ::inet_pton(AF_INET6, address.c_str(), &ipv6.sin6_addr);
        std::memcpy(&storage, &ipv6, size = sizeof ipv6);
    }
    auto* const where = reinterpret_cast<sockaddr*>(&storage);
    fd_ = ::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(fd_, where, size) != 0 || ::listen(fd_, backlog) != 0 || ::getsockname(fd_, where, &size) != 0)
        throw std::runtime_error("no listener on " + address);
    sockaddr_in head{};  // both families have the port at the same place
    std::memcpy(&head, &storage, sizeof head);
    port_ = ntohs(head.sin_port);
}

Peer::~Peer()
{
    ::close(fd_);
}

Connection::Connection() : near_(-1), far_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(listener_.port());
    if (::connect(far_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("no connection on loopback");
    near_ = ::accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC);
}

Connection::~Connection()
{
    if (near_ >= 0)
        ::close(near_);
    ::close(far_);
}

std::string Connection::all_that_arrives()
{
    ::close(std::exchange(near_, -1));
    std::string text;
    char piece[1024];
    for (ssize_t n; (n = ::recv(far_, piece, sizeof piece, 0)) > 0;)
        text.append(piece, static_cast<std::size_t>(n));
    return text;
}

std::string to(std::string_view words, int number)
{
    return std::string(words) + " " + std::to_string(number);
}

std::string rule(std::string_view matchers, std::string_view values)
{
    return "[[rule]]\n" + std::string(matchers) + "\n" + std::string(values) + "\n";
}

std::string rule_for_port(int port, std::string_view values)
{
    return rule(to("port =", port), values);
}

std::vector<std::string> names(const std::vector<Call>& calls)
{
    std::vector<std::string> result;
    for (const Call& call : calls)
        result.push_back(call.name);
    return result;
}

int count(const std::vector<Call>& calls, std::string_view name)
{
    int found = 0;
    for (const Call& call : calls)
        found += call.name == name ? 1 : 0;
    return found;
}

void Preload::SetUp()
{
    if (::access(program("steps").c_str(), X_OK) != 0)
        GTEST_SKIP() << "skipped, because " << program("steps") << " is not there";
}

std::string Preload::configuration_file(std::string_view text)
{
    return write_file(folder_ / "kashim.toml", text);
}

Command Preload::with_library(std::string_view configuration, std::vector<std::string> arguments,
                              std::vector<std::string> environment)
{
    environment.insert(environment.begin(),
                       {"LD_PRELOAD=" + library(), "KASHIM_CONFIG=" + configuration_file(configuration)});
    return {.arguments = std::move(arguments), .environment = std::move(environment)};
}

Result Preload::both(std::string_view configuration, std::vector<std::string> arguments,
                     std::vector<std::string> environment)
{
    const Result bare = run({.arguments = arguments});
    EXPECT_TRUE(bare.ok()) << "bare: " << bare;
    const Result preloaded = run(with_library(configuration, std::move(arguments), std::move(environment)));
    EXPECT_TRUE(preloaded.ok()) << "preloaded: " << preloaded;
    EXPECT_EQ(visible(preloaded), visible(bare));
    EXPECT_EQ(preloaded.err, bare.err);
    return preloaded;
}

Result Preload::steps(std::string_view configuration, std::vector<std::string> arguments,
                      std::vector<std::string> environment)
{
    return both(configuration, of_steps(std::move(arguments)), std::move(environment));
}

std::vector<Call> Preload::trace(std::vector<std::string> options, const std::vector<std::string>& arguments)
{
    const std::string log = folder_ / "trace";
    std::vector<std::string> command{"strace", "-qq", "-o", log};
    command.insert(command.end(), options.begin(), options.end());
    for (const std::string& argument : of_steps(arguments))
        command.push_back(argument);
    const Result result = run({.arguments = command});
    EXPECT_TRUE(result.ok()) << result;

    std::vector<Call> calls;
    bool marked = false;
    for (const std::string& line : lines_of(read_file(log))) {
        const std::string name = line.substr(0, line.find('('));
        if (marked && name != "exit_group" && name != "write")
            calls.push_back({name, line});
        marked = marked || line.find("write(-1, \"mark\"") != std::string::npos;
    }
    EXPECT_TRUE(marked) << read_file(log);
    return calls;
}

std::vector<Call> Preload::traced_bare(const std::vector<std::string>& arguments)
{
    return trace({}, arguments);
}

std::vector<Call> Preload::traced(std::string_view configuration, const std::vector<std::string>& arguments)
{
    return trace({"-E", "LD_PRELOAD=" + library(), "-E", "KASHIM_CONFIG=" + configuration_file(configuration)},
                 arguments);
}

}  // namespace kashim::test
