// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim show --json: the same as the table says, and as ss(8) does.
#include "cli/script.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <regex>
#include <sstream>

namespace kashim::test {
namespace {

using nlohmann::json;

// The columns that a line of the table has, out of what the document says.
std::string line_of(const json& socket)
{
    const auto endpoint = [](const json& end) {
        const std::string address = end["address"];
        const bool is_ipv6 = address.find(':') != std::string::npos;
        return (is_ipv6 ? "[" + address + "]" : address) + ":" + std::to_string(end["port"].get<int>());
    };
    const auto seconds = [](const json& number) { return std::to_string(number.get<int>()) + "s"; };
    const json& values = socket["values"];
    const json& process = socket["processes"][0];
    std::string line = socket["state"].get<std::string>() + "  " + std::to_string(socket["receive_queue"].get<int>()) +
                       "  " + std::to_string(socket["send_queue"].get<int>()) + "  " + endpoint(socket["local"]) +
                       "  " + (socket["peer"].is_null() ? "*" : endpoint(socket["peer"])) + "  " +
                       process["name"].get<std::string>() + "[" + std::to_string(process["pid"].get<int>()) + "] fd " +
                       std::to_string(process["fd"].get<int>()) + "  " + (values["keepalive"] ? "on" : "off") + "  " +
                       seconds(values["idle"]) + "  " + seconds(values["interval"]) + "  " +
                       std::to_string(values["count"].get<int>()) + "  ";
    const int timeout = values["user_timeout_ms"];
    line += (timeout == 0 ? "off" : std::to_string(timeout) + "ms") + "  " +
            (socket["dead_after"].is_null() ? "never" : seconds(socket["dead_after"])) + "  " +
            (socket.contains("next_probe_ms") ? "{next}" : "-") + "  rule \"" +
            socket["rule"]["name"].get<std::string>() + "\" at line " +
            std::to_string(socket["rule"]["line"].get<int>()) + "  ";
    std::string names;
    for (const json& name : socket["left_to_program"])
        names += (names.empty() ? "" : ", ") + name.get<std::string>();
    if (socket["verdict"] == "agrees")
        return line + "yes\n";
    if (socket["verdict"] == "left to the program")
        return line + "counts as the program's: " + names + "\n";
    const json& to_set = socket["to_set"];
    line += "no:";
    if (to_set.contains("keepalive"))
        line += std::string(" keepalive=") + (to_set["keepalive"] ? "on" : "off");
    for (const char* const name : {"idle", "interval"})
        line += to_set.contains(name) ? " " + std::string(name) + "=" + seconds(to_set[name]) : "";
    line += to_set.contains("count") ? " count=" + std::to_string(to_set["count"].get<int>()) : "";
    return line + (names.empty() ? "" : "; counts as the program's: " + names) + "\n";
}

TEST(ShowJson, TheDocumentSaysWhatTheTableSays)
{
    const Script script(R"(
one, two = listener(), listener('::')
a, b = connection(one)
c, d = connection(two, '::1')
def options(made, idle, interval, count):
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in ((4, idle), (5, interval), (6, count)): made.setsockopt(socket.IPPROTO_TCP, name, value)
options(a, 1000, 20, 4)
options(b, 1000, 20, 7)
c.setsockopt(socket.IPPROTO_TCP, 6, 7)
d.send(b'12345')
)");
    const Kashim kashim("[[rule]]\nname = \"all\"\nidle = 1000\ninterval = 20\ncount = 4\n");
    const Result text = kashim({"show", "-H", "-a", script.said("pid")});
    const json document = json::parse(kashim({"show", "-a", "--json", script.said("pid")}).out);
    std::string lines;
    for (const json& socket : document["sockets"])
        lines += line_of(socket);
    EXPECT_EQ(table_of(text), lines);
    EXPECT_EQ(document["sockets"].size(), 6u);
    EXPECT_EQ(document["configuration"], kashim.configuration());
    EXPECT_EQ(document["not_seen"], json::array());
    EXPECT_NE(lines.find("  yes\n"), std::string::npos);
    EXPECT_NE(lines.find("  counts as the program's: count\n"), std::string::npos);
    EXPECT_NE(lines.find("; counts as the program's: count\n"), std::string::npos);
    EXPECT_EQ(document["sockets"][2]["direction"], "outbound");
    EXPECT_EQ(document["sockets"][3]["direction"], "inbound");
}

TEST(ShowJson, StatesQueuesEndsAndTimersAreThoseThatSsShows)
{
    const Script script(R"(
four, six = listener(), listener('::')
a, b = connection(four)
c, d = connection(six, '::1')
e, f = connection(four)
a.send(b'abc')
b.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
f.close()
)");
    const Kashim kashim;
    const json shown = json::parse(kashim({"show", "-a", "--json", script.said("pid")}).out);
    const Result ss = run({.arguments = {"ss", "-tanoHe"}});
    ASSERT_EQ(shown["sockets"].size(), 7u);
    for (const json& socket : shown["sockets"]) {
        const std::string inode = std::to_string(socket["inode"].get<int>());
        const auto at = ss.out.find(" ino:" + inode + " ");
        ASSERT_NE(at, std::string::npos) << socket;
        const auto start = ss.out.rfind('\n', at) + 1;
        const std::string line = ss.out.substr(start, ss.out.find('\n', at) - start);
        std::istringstream columns(line);
        std::string state, local, peer;
        int receive = 0;
        int send = 0;
        columns >> state >> receive >> send >> local >> peer;
        EXPECT_EQ(state == "ESTAB" ? "ESTABLISHED" : state, socket["state"].get<std::string>());
        EXPECT_EQ(receive, socket["receive_queue"]);
        EXPECT_EQ(send, socket["send_queue"]);
        const auto port_of = [](const std::string& end) { return end.substr(end.rfind(':') + 1); };
        EXPECT_EQ(port_of(local), std::to_string(socket["local"]["port"].get<int>()));
        EXPECT_EQ(port_of(peer), socket["peer"].is_null() ? "*" : std::to_string(socket["peer"]["port"].get<int>()));
        EXPECT_EQ(line.find("timer:(keepalive,1") != std::string::npos, !socket["timer"].is_null()) << line;
    }
}

TEST(ShowJson, TheTimeToTheNextProbeCountsFromWhatCameLast)
{
    // The kernel's timer was started with 1000 s; data since then does not move it, but the probe.
    const Script script(R"(
import time
server = listener()
client, accepted = connection(server)
client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
client.setsockopt(socket.IPPROTO_TCP, 4, 1000)
time.sleep(2)
accepted.send(b'x')
)");
    const Kashim kashim;
    const json shown = json::parse(kashim({"show", "--json", script.said("pid")}).out);
    const json& client = shown["sockets"][0];
    EXPECT_EQ(client["timer"]["kind"], "keepalive");
    // However long ago that is by now.
    EXPECT_GT(client["next_probe_ms"].get<int>() - client["timer"]["expires_ms"].get<int>(), 1900);
    EXPECT_LE(client["next_probe_ms"], 1'000'000);
}

TEST(ShowJson, ProgramsPortsAndStatesChoose)
{
    const Script script(R"(
one, two = listener(), listener()
a, b = connection(one)
c, d = connection(two)
say(one=port(one), two=port(two), a=port(a), c=port(c))
)");
    const Kashim kashim;
    const std::string pid = script.said("pid");
    const auto descriptors = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"show", "--json", pid});
        const json shown = json::parse(kashim(std::move(more)).out);
        std::string all;
        for (const json& socket : shown["sockets"])
            all += std::to_string(socket["processes"][0]["fd"].get<int>()) + " ";
        return all;
    };
    EXPECT_EQ(descriptors({}), "5 6 7 8 ");
    EXPECT_EQ(descriptors({"-l"}), "3 4 ");
    EXPECT_EQ(descriptors({"-a"}), "3 4 5 6 7 8 ");
    EXPECT_EQ(descriptors({"-a", "--port", script.said("two")}), "4 7 8 ");
    EXPECT_EQ(descriptors({"--port", script.said("a") + "-" + script.said("a")}), "5 6 ");
    EXPECT_EQ(descriptors({"--port", script.said("a"), "--port", script.said("c")}), "5 6 7 8 ");
    EXPECT_EQ(descriptors({"--state", "listening"}), "3 4 ");
    EXPECT_EQ(descriptors({"--state", "LISTEN", "--state", "established"}), "3 4 5 6 7 8 ");
    EXPECT_EQ(descriptors({"--state", "connected"}), "5 6 7 8 ");
    EXPECT_EQ(descriptors({"--state", "syn-sent"}), "");
    EXPECT_EQ(descriptors({"--program", "python3*"}), "5 6 7 8 ");
    EXPECT_EQ(descriptors({"--program", "/usr/bin/pyth*"}), "5 6 7 8 ");
    EXPECT_EQ(descriptors({"--program", "nginx", "--program", "python3"}), "5 6 7 8 ");
    EXPECT_EQ(descriptors({"--program", "nginx"}), "");
}

}  // namespace
}  // namespace kashim::test
