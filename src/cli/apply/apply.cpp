// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "sockets/apply.h"

#include "cli/apply/report.h"
#include "cli/commands.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/pids.h"
#include "text/findings.h"
#include "text/socket.h"

#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

namespace kashim::cli {
namespace {

struct ApplyRequest {
    loaded::ConfigurationRequest configuration;
    std::vector<pid_t> pids;
    bool all = false;
    bool take_over = false;
    bool dry_run = false;
    bool verbose = false;
    bool json = false;
};

int failed(const std::string& why)
{
    fmt::print(stderr, "kashim apply: {}\n", why);
    return kFailed;
}

int apply(const ApplyRequest& request)
{
    if (request.all == !request.pids.empty())
        return failed("name processes, or --all for every one: kashim apply PID... | --all");
    const loaded::Effective effective = loaded::effective(request.configuration, config::Warnings::no);
    for (const text::TextFindings& about : text::findings_of(effective))
        text::print_findings(stderr, text::Style(STDERR_FILENO), about);
    if (!effective.good())
        return failed("nothing was set: there is no telling what such a configuration wants");

    Pids pids = judged(request.pids);
    ApplyOutcome outcome{request.dry_run, request.all, std::move(pids.good), std::move(pids.problems), {}, {}};
    for (const std::string& problem : outcome.problems)
        failed(problem);
    if (request.all || !outcome.pids.empty()) {
        sockets::Namespaces namespaces;
        outcome.snapshot = sockets::take_snapshot(namespaces, {outcome.pids});
        sockets::ApplyOptions options;
        options.present = request.take_over ? sockets::Present::ours : sockets::Present::as_found;
        options.dry_run = request.dry_run;
        outcome.applied = sockets::apply(outcome.snapshot, effective.rules(), options);
    }
    if (request.json) {
        print_json(json_of(outcome, effective));
    } else {
        const auto per_socket = request.dry_run || request.verbose ? PerSocket::yes : PerSocket::no;
        for (const std::string& line : report_of(outcome, effective, per_socket))
            fmt::print("{}\n", line);
    }
    if (!outcome.problems.empty())
        return kFailed;
    return anything_refused(outcome) ? kBad : kGood;
}

constexpr const char* kFooter =
    R"(Examples:
  kashim apply $(pidof nginx)           sets what the rules want on its sockets, as they are now
  kashim apply --dry-run --all          lists what would be set, socket by socket
  kashim apply --override 812           after the file has changed: what an older file has set looks like the program's
  sudo kashim apply --all --set app=override
                                        also where programs have settings of their own

Sockets that are made later are not touched: kashim guard keeps doing so.
What the program has set itself is left to it, unless the rule has app = "cap" or "override". Where more than 32
connections have been silent for longer than their new idle, their first probes are spread over up to 4 seconds.

Exit status: 0 everything that the rules want is in force (with --dry-run: would be), 1 something was refused,
2 wrong usage, an error in the configuration, or no such process; the others are set all the same.)";

}  // namespace

void add_apply(CommandLine& all)
{
    Args& args = all.add("apply", "Sets the rules on the sockets of programs that run already");
    const auto request = std::make_shared<ApplyRequest>();
    add_pids(args, request->pids, "These processes, but not their children");
    args.flag("--all", request->all, "Every process that may be looked into");
    args.flag("--override", request->take_over, "Take the present values for ours, not for the program's");
    args.flag("-n,--dry-run", request->dry_run, "Set nothing, list every socket that would be set");
    args.flag("-v,--verbose", request->verbose, "A line for every socket");
    args.flag("--json", request->json, "One JSON document, socket by socket");
    add_configuration_options(args, request->configuration);
    args.footer(kFooter);
    args.action([request](char**) { return apply(*request); });
}

}  // namespace kashim::cli
