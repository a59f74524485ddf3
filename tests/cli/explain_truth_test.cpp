// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What kashim explain says is what the library does: a program runs with the same file, and the kernel is asked what its
// sockets have.
#include "cli/explain_support.h"
#include "support/values.h"

#include <arpa/inet.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>

namespace kashim::test {
namespace {

using nlohmann::json;

/// A configuration with PORT in it for the port that is used, and what is laid over it.
struct Case {
    std::string configuration;
    std::string options{};
};

const std::vector<Case> kCases{
    {""},
    {"[defaults]\nidle = 11\ninterval = 3\ncount = 7\n"},
    {"[defaults]\nkeepalive = false\nidle = 12\n"},
    {"[defaults]\nkeepalive = \"leave\"\n"},
    {"[[rule]]\nport = PORT\ndead_after = \"45s\"\nuser_timeout = \"auto\"\n"},
    {"[[rule]]\nport = 1\nidle = 13\n[[rule]]\nport = [\"1-65535\"]\nidle = 14\n"},
    {"[[rule]]\nport = PORT\nkeepalive = \"leave\"\n[[rule]]\nidle = 15\n"},
    {"[[rule]]\nprogram = \"holds\"\nidle = 16\n[[rule]]\nprogram = \"client\"\nidle = 17\n"},
    {"[[rule]]\nprogram = \"*/bin/client\"\nidle = 18\n"},
    {"[[rule]]\ncommand = \"* 1*\"\nidle = 19\n[[rule]]\ncommand = \"client*\"\nidle = 20\n"},
    {"[[rule]]\ndirection = \"inbound\"\nidle = 21\n[[rule]]\ndirection = \"outbound\"\nidle = 22\n"},
    {"[[rule]]\npeer = \"127.0.0.0/8\"\nidle = 23\n[[rule]]\npeer = \"::1\"\nidle = 24\n"},
    {"[[rule]]\npeer = \"10.0.0.0/8\"\nidle = 25\n[[rule]]\nport = PORT\nuser_timeout = \"1500ms\"\n"},
    {"[[rule]]\npeer = [\"127.0.0.0/8\", \"::1\"]\nkeepalive = \"leave\"\n[[rule]]\nidle = 26\n"},
    {"[[rule]]\npeer = [\"10.0.0.0/8\", \"fd00::/8\"]\nkeepalive = \"leave\"\n[[rule]]\nport = PORT\nidle = 27\n"},
    {"[[rule]]\nport = PORT\nidle = 28\napp = \"override\"\n", "idle=29 user_timeout=auto"},
    {"[[rule]]\nport = PORT\nkeepalive = \"leave\"\n", "idle=30"},
    {"[[rule]]\nport = PORT\nidle = 31\n", "keepalive=leave"},
    {"[[rule]]\nport = PORT\nidle = 32\n", "dead_after=50s app=cap"},
};

/// A socket of the test: listening, or connected to the program's.
class Socket {
public:
    explicit Socket(const std::string& address) : ipv6_(address.find(':') != std::string::npos)
    {
        fd_ = ::socket(ipv6_ ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in* const ipv4 = reinterpret_cast<sockaddr_in*>(&address_);
        address_.sin6_family = ipv6_ ? AF_INET6 : AF_INET;
        ::inet_pton(address_.sin6_family, address.c_str(),
                    ipv6_ ? static_cast<void*>(&address_.sin6_addr) : &ipv4->sin_addr);
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket() { ::close(fd_); }

    /// The port; 0 where this machine has no such address.
    std::uint16_t listen()
    {
        socklen_t size = sizeof address_;
        if (::bind(fd_, get(), size_()) != 0 || ::listen(fd_, 8) != 0 || ::getsockname(fd_, get(), &size) != 0)
            return 0;
        return ntohs(address_.sin6_port);
    }

    bool connect(std::uint16_t port)
    {
        address_.sin6_port = htons(port);
        return ::connect(fd_, get(), size_()) == 0;
    }

private:
    sockaddr* get() { return reinterpret_cast<sockaddr*>(&address_); }
    socklen_t size_() const { return ipv6_ ? sizeof(sockaddr_in6) : sizeof(sockaddr_in); }

    bool ipv6_;
    int fd_ = -1;
    sockaddr_in6 address_{};  // both families have family and port at the same places
};

Values untouched()
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const Values values = values_of(fd);
    ::close(fd);
    return values;
}

class ExplainTruth : public Explain {
protected:
    /// The values that explain foretells; those of an untouched socket where it says that nothing is set.
    Values foretold(const Case& that, const std::string& command, std::vector<std::string> connection)
    {
        std::vector<std::string> arguments{"--program", client(), "--command", command, "--json"};
        arguments.insert(arguments.end(), connection.begin(), connection.end());
        const Result result = explain(arguments, {"KASHIM_OPTIONS=" + that.options});
        EXPECT_EQ(result.exit_code, 0) << result;
        const json answers = json::parse(result.out)["answers"];
        EXPECT_EQ(answers.size(), 1u) << result;
        const json options = answers[0]["options"];
        if (options.empty())
            return untouched();
        return {options["SO_KEEPALIVE"], options["TCP_KEEPIDLE"], options["TCP_KEEPINTVL"], options["TCP_KEEPCNT"],
                options["TCP_USER_TIMEOUT"]};
    }

    /// Whether the listener gets anything before a peer comes.
    bool listener_waits(const Case& that, const std::string& command, const std::string& target)
    {
        const Result result = explain({"--program", client(), "--command", command, "--json", "--inbound", target},
                                      {"KASHIM_OPTIONS=" + that.options});
        return json::parse(result.out)["answers"][0]["set_before"]["listen"].is_null();
    }

    Process start(const Case& that, const std::vector<std::string>& arguments)
    {
        return Process({.arguments = arguments,
                        .environment = {"LD_PRELOAD=" KASHIM_LIBRARY, "KASHIM_CONFIG=" + folder() + "/kashim.toml",
                                        "KASHIM_OPTIONS=" + that.options}});
    }

    void write(const Case& that, std::uint16_t port)
    {
        std::string text = that.configuration;
        if (const auto at = text.find("PORT"); at != std::string::npos)
            text.replace(at, 4, std::to_string(port));
        file(text);
    }
};

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

std::string target(const std::string& address, std::uint16_t port)
{
    const bool ipv6 = address.find(':') != std::string::npos;
    return (ipv6 ? "[" + address + "]:" : address + ":") + std::to_string(port);
}

class ExplainTruthOver : public ExplainTruth, public testing::WithParamInterface<std::string> {};

TEST_P(ExplainTruthOver, AConnectionThatItMakesHasTheOptionsThatAreExplained)
{
    const std::string& address = GetParam();
    for (const Case& that : kCases) {
        SCOPED_TRACE(that.configuration + that.options);
        Socket listener(address);
        const std::uint16_t port = listener.listen();
        if (port == 0)
            GTEST_SKIP() << "skipped, because this machine has no " << address;
        write(that, port);
        const std::vector<std::string> command{client(), "connect", address, std::to_string(port)};
        Process process = start(that, command);
        ASSERT_TRUE(process.says("connected")) << process.err();
        const auto socket = socket_connected_to(process.pid(), port);
        ASSERT_TRUE(socket);
        EXPECT_EQ(socket->values, foretold(that, joined(command), {"--outbound", target(address, port)}));
    }
}

TEST_P(ExplainTruthOver, AConnectionThatItAcceptsAndItsListenerHaveTheOptionsThatAreExplained)
{
    const std::string& address = GetParam();
    if (Socket(address).listen() == 0)
        GTEST_SKIP() << "skipped, because this machine has no " << address;
    for (const Case& that : kCases) {
        SCOPED_TRACE(that.configuration + that.options);
        const std::uint16_t port = free_port();
        write(that, port);
        const std::vector<std::string> command{client(), "listen", address, std::to_string(port)};
        Process process = start(that, command);
        ASSERT_TRUE(process.says("listening")) << process.err();
        const auto listener = socket_listening_on(process.pid(), port);
        ASSERT_TRUE(listener);
        const std::string at = target(address, port);
        EXPECT_EQ(listener->values, listener_waits(that, joined(command), at)
                                        ? untouched()
                                        : foretold(that, joined(command), {"--inbound", at}));

        Socket peer(address);
        ASSERT_TRUE(peer.connect(port));
        ASSERT_TRUE(process.says("accepted")) << process.err();
        const auto accepted = socket_accepted_on(process.pid(), port);
        ASSERT_TRUE(accepted);
        EXPECT_EQ(accepted->values, foretold(that, joined(command), {"--inbound", at, "--peer", address}));
    }
}

INSTANTIATE_TEST_SUITE_P(Addresses, ExplainTruthOver, testing::Values("127.0.0.1", "::1"),
                         [](const auto& instance) { return instance.param == "::1" ? "IPv6" : "IPv4"; });

}  // namespace
}  // namespace kashim::test
