// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "preload.h"

#include <signal.h>
#include <sys/resource.h>

#include <regex>

namespace kashim::test {
namespace {

/// Every program on the host waits until its configuration is read: no file of the permitted size may take long.
class LoadBounds : public Preload {
protected:
    static constexpr std::size_t kLargestFile = 2 * 1024 * 1024;

    /// With a bound on the processor's time, which does not run on while others have the processor. Not a measurement:
    /// what takes a second is allowed a minute, and what was wrong took minutes.
    static Result run_bounded(Command command)
    {
        command.before_exec = [] {
            constexpr rlimit kGenerous{60, 60};
            ::setrlimit(RLIMIT_CPU, &kGenerous);
        };
        return run(command);
    }

    /// As many of the lines as a configuration may have.
    template <typename Line>
    static std::string full(Line line)
    {
        std::string text;
        for (std::size_t i = 0;; ++i) {
            const std::string next = line(i);
            if (text.size() + next.size() > kLargestFile)
                return text;
            text += next;
        }
    }

    /// What is said while a program runs that does nothing, and must notice nothing.
    std::string said(std::string_view configuration, const std::vector<std::string>& environment = {})
    {
        const Result result = run_bounded(with_library(configuration, {program("steps")}, environment));
        EXPECT_TRUE(result.ok()) << (result.signal == SIGXCPU ? "it takes too long\n" : "")
                                 << result.err.substr(0, 1000);
        EXPECT_EQ(result.out, "");
        return result.err;
    }

    std::string path() const { return folder() / "kashim.toml"; }

    /// Whether the first line is an error with a place in the file, and these words follow.
    bool is_error_with_place(const std::string& message, std::string_view words) const
    {
        const std::string line = message.substr(0, message.find('\n'));
        const std::string start = "]: " + path() + ":";
        const std::size_t place = line.find(start);
        return place != std::string::npos && line.find(words) != std::string::npos &&
               std::regex_search(line.substr(place + start.size()), std::regex("^[0-9]+:[0-9]+: error: "));
    }
};

TEST_F(LoadBounds, TwoMegabytesOfErrorsAreOneMessageSoon)
{
    const std::string message = said(full([](std::size_t) { return std::string("[[rule]]\nidle=1.5\n"); }));
    EXPECT_TRUE(is_error_with_place(message, "not 1.5; whole seconds only")) << message;
}

TEST_F(LoadBounds, TwoHundredKilobytesOfUnknownKeysAreOneMessageSoon)
{
    std::string text;
    for (int i = 0; text.size() < 200000; ++i)
        text += "k" + std::to_string(i) + "=1.0\n";
    const std::string message = said(text);
    EXPECT_TRUE(is_error_with_place(message, "unknown key")) << message;
}

TEST_F(LoadBounds, TwoMegabytesOfUnknownKeysAreOneMessageSoon)
{
    const std::string message = said(full([](std::size_t i) { return "k" + std::to_string(i) + "=1.0\n"; }));
    EXPECT_TRUE(is_error_with_place(message, "unknown key")) << message;
}

TEST_F(LoadBounds, ManyRulesOfWideRangesAndManyPeersAreAnErrorWithItsPlaceSoon)
{
    // The ranges leave the ends of their powers of two out, so that each takes as many nodes of a tree as it can.
    std::string ports, peers;
    for (int i = 0; i < 256; ++i) {
        ports += (i == 0 ? "\"" : ",\"") + std::to_string(i * 256 + 1) + "-" + std::to_string(i * 256 + 254) + "\"";
        peers += (i == 0 ? "\"10.0." : ",\"10.0.") + std::to_string(i) + ".1\"";
    }
    const std::string message =
        said(full([&](std::size_t) { return "[[rule]]\nport=[" + ports + "]\npeer=[" + peers + "]\nidle=5\n"; }));
    EXPECT_TRUE(is_error_with_place(message, "pairs")) << message;
}

TEST_F(LoadBounds, ManyRulesOfOneWideRangeAndAFewPeersEndSoonOneWayOrTheOther)
{
    for (const int peers : {1, 4, 16, 4096}) {
        SCOPED_TRACE(peers);
        std::string list;
        for (int i = 0; i < peers; ++i)
            list += (i == 0 ? "\"10." : ",\"10.") + std::to_string(i / 256) + "." + std::to_string(i % 256) + ".1\"";
        const std::string message =
            said(full([&](std::size_t) { return "[[rule]]\nport=\"1-65534\"\npeer=[" + list + "]\nidle=5\n"; }));
        EXPECT_TRUE(message.empty() || is_error_with_place(message, "pairs")) << message;
    }
}

TEST_F(LoadBounds, TheCostliestRulesThatArePermittedAreReadSoonAndInForce)
{
    // Fifty rules, each of 104 pieces (see policy::cost) with 100 peers: one more is refused.
    const Peer peer;
    std::string text = rule_for_port(peer.port(), "idle = 9");
    for (int i = 0; i < 50; ++i) {
        std::string peers;
        for (int j = 0; j < 100; ++j)
            peers += (j == 0 ? "\"2001:db8:" : ",\"2001:db8:") + std::to_string(i) + ":" + std::to_string(j) + "::1\"";
        text += "[[rule]]\nport=\"1-65534\"\npeer=[" + peers + "]\nidle=5\n";
    }
    const Result result =
        run_bounded(with_library(text, {program("steps"), "tcp a", to("connect a", peer.port()), "show a"}));
    EXPECT_TRUE(result.ok()) << result;
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(values(result, "a").idle, 9);
}

TEST_F(LoadBounds, ARuleForEachOfSixtyFiveThousandPortsIsReadSoonAndInForceAlsoWhereWarningsAreWanted)
{
    const Peer peer;
    std::string text;
    for (int port = 1; port <= 65000; ++port)
        text += "[[rule]]\nport=" + std::to_string(port) + "\n";
    text += rule_for_port(peer.port(), "idle = 9");  // too late, unless the port is above
    const Result result = run_bounded(with_library("[defaults]\nidle=11\n" + text,
                                                   {program("steps"), "tcp a", to("connect a", peer.port()), "show a"},
                                                   {"KASHIM_LOG=warn"}));
    EXPECT_TRUE(result.ok()) << result;
    EXPECT_EQ(values(result, "a").idle, peer.port() <= 65000 ? 11 : 9);
}

TEST_F(LoadBounds, ASmallFileOfHiddenRulesIsWarnedOfSoon)
{
    std::string text;
    while (text.size() < 60000)
        text += "[[rule]]\nport=1\n";
    const std::string message = said(text, {"KASHIM_LOG=warn"});
    EXPECT_NE(message.find(path() + ":3:1: warning: "), std::string::npos) << message.substr(0, 1000);
}

TEST_F(LoadBounds, APatternLongerThanACommandLineCanBeSeenIsAnErrorWithItsPlace)
{
    for (const char* key : {"command", "program"}) {
        SCOPED_TRACE(key);
        const std::string start = "[[rule]]\n" + std::string(key) + " = \"";
        EXPECT_EQ(said(start + std::string(4096, 'b') + "\"\n"), "");
        const std::string message = said(start + std::string(4097, 'b') + "\"\n");
        EXPECT_NE(message.find("]: " + path() + ":2:11: error: "), std::string::npos) << message.substr(0, 1000);
        EXPECT_NE(message.find("more than 4096 bytes are never compared"), std::string::npos)
            << message.substr(0, 1000);
    }
}

TEST_F(LoadBounds, TwoMegabytesOfOnePatternAreAnErrorSoon)
{
    std::string text = "[[rule]]\ncommand = \"";
    while (text.size() < kLargestFile - 100)
        text += "*[bbbbbbbbbbbbbbbbbbbbbbbb]";
    const std::string message = said(text + "\"\nidle = 5\n");
    EXPECT_TRUE(is_error_with_place(message, "are never compared")) << message.substr(0, 1000);
}

TEST_F(LoadBounds, OptionsInTheEnvironmentLongerThanFourKilobytesAreAnError)
{
    std::string options = "KASHIM_OPTIONS=";
    while (options.size() < 15 + 4096 - 7)
        options += ' ';
    options += "idle=9 ";
    ASSERT_EQ(options.size(), 15u + 4096u);
    EXPECT_EQ(said("", {options}), "");
    const std::string message = said("", {options + " "});
    EXPECT_NE(message.find("]: KASHIM_OPTIONS:1:1: error: the value is longer than 4096 bytes\n"), std::string::npos)
        << message.substr(0, 1000);
}

}  // namespace
}  // namespace kashim::test
