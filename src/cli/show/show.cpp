// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/commands.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/pids.h"
#include "cli/show/screen.h"
#include "cli/show/view_text.h"
#include "config/addresses.h"
#include "text/findings.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace kashim::cli {
namespace {

struct ShowRequest {
    loaded::ConfigurationRequest configuration;
    std::vector<pid_t> pids;
    std::vector<std::string> programs;
    std::vector<std::string> ports;
    std::vector<std::string> states;
    bool listening = false;
    bool all = false;
    bool without_header = false;
    bool json = false;
    double watch = 0;  ///< seconds; 0: once
};

void complain(const std::string& what)
{
    fmt::print(stderr, "kashim show: {}\n", what);
}

// The wanted states as in ss(8): without a word every socket that is or was connected.
bool read_states(const ShowRequest& request, States& states)
{
    const States listening = States::of(sockets::TcpState::listen);
    if (request.all)
        states = States::all();
    else if (request.listening)
        states = listening;
    else
        states = States::all().without(listening);
    for (std::size_t i = 0; i < request.states.size(); ++i) {
        const StateText read = read_state(request.states[i]);
        if (!read.states) {
            complain(read.problem);
            return false;
        }
        states = i == 0 ? *read.states : states | *read.states;
    }
    return true;
}

bool read_ports(const ShowRequest& request, std::vector<policy::PortRange>& ports)
{
    for (const std::string& text : request.ports) {
        const config::PortText read = config::read_port(text);
        if (!read.range) {
            complain(fmt::format("--port takes a port from 1 to 65535 or a range such as 6000-6010, not \"{}\"{}{}",
                                 text, read.hint.empty() ? "" : "; ", read.hint));
            return false;
        }
        ports.push_back(*read.range);
    }
    return true;
}

// One look after the other, until there is nothing to look at or somebody has seen enough.
class Show {
public:
    Show(const ShowRequest& request, const ShowFilter& filter, const loaded::Effective& effective)
        : request_(request), filter_(filter), effective_(effective), repeats_(request.watch != 0)
    {
    }

    int run()
    {
        Pause pause(std::chrono::duration<double>(request_.watch));
        for (;;) {
            const View view = look(namespaces_, effective_, filter_);
            print(view);
            const bool all_gone = !filter_.pids.empty() && view.gone.size() == filter_.pids.size();
            if (!repeats_ || all_gone || !pause.wait())
                return !filter_.pids.empty() && (!view.gaps.empty() || all_gone) && !repeats_ ? kFailed : kGood;
        }
    }

private:
    void print(const View& view)
    {
        const std::vector<std::string> remarks = remarks_on(view);
        if (request_.json) {
            const Json json = json_of(view, effective_);
            repeats_ ? print_json_line(json) : print_json(json);
            return complain_of(remarks);
        }
        const text::Style style(STDOUT_FILENO);
        const auto header = request_.without_header ? Listing::Header::without : Listing::Header::with;
        const std::optional<Screen> screen = screen_of(STDOUT_FILENO);
        const Listing table = table_of(view, effective_);
        const std::vector<std::string> lines =
            table.lines(screen ? std::optional(screen->columns) : std::nullopt, header, style);
        if (repeats_ && screen) {
            draw(*screen, title(), lines, remarks);
            return;
        }
        if (repeats_)
            fmt::print("{}{}\n", is_first_ ? "" : "\n", title());
        for (const std::string& line : lines)
            fmt::print("{}\n", line);
        is_first_ = false;
        complain_of(remarks);
    }

    std::string title() const { return fmt::format("{}, every {}s", time_text(), request_.watch); }

    // Each only when it is news.
    void complain_of(const std::vector<std::string>& remarks)
    {
        std::fflush(stdout);
        if (remarks != said_) {
            for (const std::string& remark : remarks)
                complain(remark);
        }
        said_ = remarks;
    }

    const ShowRequest& request_;
    const ShowFilter& filter_;
    const loaded::Effective& effective_;
    const bool repeats_;
    bool is_first_ = true;
    sockets::Namespaces namespaces_;
    std::vector<std::string> said_;
};

int show(const ShowRequest& request)
{
    ShowFilter filter;
    filter.programs = request.programs;
    if (!read_states(request, filter.states) || !read_ports(request, filter.ports))
        return kFailed;
    const loaded::Effective effective = loaded::effective(request.configuration, config::Warnings::no);
    for (const text::TextFindings& about : text::findings_of(effective))
        text::print_findings(stderr, text::Style(STDERR_FILENO), about);
    if (!effective.good())
        return kFailed;
    const Pids pids = judged(request.pids);
    for (const std::string& problem : pids.problems)
        complain(problem);
    if (pids.good.empty() && !pids.problems.empty())
        return kFailed;
    filter.pids = pids.good;
    const int status = Show(request, filter, effective).run();
    return pids.problems.empty() ? status : kFailed;
}

// Who writes the process behind --watch has named a time.
std::string is_a_pause(const std::string& text)
{
    char* end = nullptr;
    const double seconds = std::strtod(text.c_str(), &end);
    if (!text.empty() && *end == '\0' && seconds >= 0.1 && seconds <= 3600)
        return {};
    return fmt::format("0.1 to 3600 seconds, not \"{0}\"; if that is a process, name it first: kashim show {0} --watch",
                       text);
}

constexpr const char* kFooter =
    R"(Examples:
  kashim show                               every connection, with the values that are in force
  kashim show -a 812 813                    all sockets of two processes, listening ones too
  kashim show --program nginx --port 443    of nginx, with port 443 on either side
  kashim show --state close-wait            connections that their program has forgotten to close
  kashim show 812 --watch=5                 again every 5 seconds, until Ctrl-C
  kashim show --json | jq '.sockets[] | select(.verdict == "differs")'

Columns beside those of ss(8):
  DEAD_AFTER   idle + interval x count: how long a silent peer goes unnoticed
  NEXT_PROBE   when the next probe is due if nothing comes, and how many went unanswered
  RULE         the rule that kashim apply and kashim guard would go by
  AGREES       yes; what counts as the program's, which they leave; or "no" and what they would set.
               What kashim set by an older or another file counts as the program's: apply --override PID
A socket that several processes hold goes by the rule of the one that started first.

Exit status: 0; also where Ctrl-C ends --watch. 2: wrong usage, an error in the configuration, or a process that is
not there or may not be looked into.)";

}  // namespace

void add_show(CommandLine& all)
{
    Args& args = all.add("show", "Live TCP sockets, what keepalive they have, and what they should");
    const auto request = std::make_shared<ShowRequest>();
    add_pids(args, request->pids, "Sockets of these processes only");
    args.option("--program", request->programs, "Of programs that match, as in a rule's program").value("GLOB");
    args.option("--port", request->ports, "With this port on either side: 443, 6000-6010").value("PORT");
    args.option("--state", request->states, "In this state, by ss's names: established, close-wait, connected ...")
        .value("STATE");
    args.flag("-l,--listening", request->listening, "Listening sockets only; else they are left out");
    args.flag("-a,--all", request->all, "Listening sockets too");
    args.flag("-H,--no-header", request->without_header, "No line with the columns' names");
    args.flag("--json", request->json, "One JSON document; with --watch one a line");
    args.option("--watch", request->watch, "Again every 2 seconds, or so many (0.1 to 3600), until Ctrl-C")
        .defaults_to("2")
        .shown_as("[SECONDS]")
        .check(is_a_pause);
    add_configuration_options(args, request->configuration);
    args.footer(kFooter);
    args.action([request](char**) { return show(*request); });
}

}  // namespace kashim::cli
