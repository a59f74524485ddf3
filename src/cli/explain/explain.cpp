// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/commands.h"
#include "cli/explain/explanation_json.h"
#include "cli/explain/explanation_text.h"
#include "cli/json.h"
#include "cli/launch.h"
#include "cli/output.h"
#include "cli/process_configuration.h"
#include "text/findings.h"

#include <fmt/format.h>
#include <unistd.h>

#include <memory>

namespace kashim::cli {
namespace {

int failed(std::string_view why)
{
    fmt::print(stderr, "kashim explain: {}\n", why);
    return kFailed;
}

void print_text(const Explained& explained, const std::vector<Answer>& all)
{
    const text::Style style(STDOUT_FILENO);
    if (!explained.program.process && is_disabled())
        fmt::print("{}\n",
                   style.bad("KASHIM_DISABLE is set: a program that is started from here is left alone; without it:"));
    for (const Answer& answer : all)
        fmt::print("{}", style.bold(headline(explained, answer)));
    fmt::print("{}", preamble(style, explained));
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all.size() > 1)
            fmt::print("\n{}", style.bold(headline(explained, all[i])));
        fmt::print("{}", answer_text(style, explained, all[i]));
    }
}

// A process has what its own environment, user and file system gave it when it started.
loaded::Effective effective_of(AskedProgram& program, const loaded::ConfigurationRequest& request)
{
    if (!program.process)
        return loaded::effective(request, config::Warnings::no);
    loaded::Effective found = effective_in(*program.process, request, config::Warnings::no);
    if (request.config.empty() && is_newer(found, *program.process))
        program.assumed.push_back(fmt::format("it read {} as it is now; the file was written after the process started",
                                              found.file.located.path));
    return found;
}

int explain(const ExplainRequest& request)
{
    const AskedConnection connection = asked_connection(request);
    if (!connection.error.empty())
        return failed(connection.error);
    AskedProgram program = asked_program(request.program);
    if (!program.error.empty())
        return failed(program.error);
    const loaded::Effective effective = effective_of(program, request.configuration);
    // A file that was passed over is said too: its owner may get another answer.
    for (const text::TextFindings& about : text::findings_of(effective))
        text::print_findings(stderr, text::Style(STDERR_FILENO), about);
    if (!effective.good()) {
        failed("nothing is in force with such a configuration: programs run without kashim");
        return effective.unreadable() ? kFailed : kBad;
    }
    const std::vector<Answer> all = answers(effective, program.facts.program(), connection, request.kernel());
    const Explained explained{effective, program, connection, request.kernel()};
    if (request.json)
        print_json(explain_json(explained, all));
    else
        print_text(explained, all);
    return kGood;
}

bool is_pid(std::string_view text)
{
    // Not "010", which the parser of options reads as octal.
    return !text.empty() && text.size() < 10 && text.find_first_not_of("0123456789") == std::string_view::npos &&
           text[0] != '0';
}

constexpr std::string_view kExamples =
    "Examples:\n"
    "  kashim explain --program psql --outbound db.example:5432\n"
    "  kashim explain --program nginx --inbound :443\n"
    "  kashim explain --program nginx --inbound :443 --peer 10.0.0.7\n"
    "  kashim explain --pid 4711 --outbound [fd00::1]:6379 --config new.toml\n"
    "  kashim explain --command 'python3 /srv/app.py --all' --outbound db:postgresql --set idle=20s\n"
    "  kashim explain --outbound db:5432 --system macos\n"
    "\n"
    "Names are resolved; each address has its own answer. Of --inbound the port decides: the address may be *, [::]\n"
    "or nothing. Nothing is connected and no program is started.\n"
    "\n"
    "Exit status: 0 explained, 1 errors in the configuration, 2 wrong usage, a name that does not resolve, or a\n"
    "configuration that cannot be read.";

}  // namespace

void add_explain(CommandLine& all)
{
    Args& args = all.add("explain", "Which rule decides for a connection, why, and what follows");
    const auto request = std::make_shared<ExplainRequest>();
    ProgramRequest& program = request->program;
    const Option name =
        args.option("--program", program.program, "A path, or a name that is looked up in PATH").value("PROGRAM");
    const Option command = args.option("--command", program.command, "Its whole command line").value("COMMAND");
    args.option("--pid", program.pid, "A running program instead, with its own configuration")
        .value("PID")
        .check([](const std::string& text) { return std::string(is_pid(text) ? "" : "it is not a process number"); })
        .excludes(name)
        .excludes(command);
    Option outbound = args.option("--outbound", request->outbound, "It connects there").value("ADDRESS:PORT");
    const Option inbound = args.option("--inbound", request->inbound, "It listens there").value("ADDRESS:PORT");
    outbound.excludes(inbound);
    args.option("--peer", request->peer, "Who connects; without it, what can be said before")
        .value("ADDRESS")
        .needs(inbound);
    args.option("--system", request->system, "Whose kernel: linux or macos; without it this system's")
        .value("SYSTEM")
        .check([](const std::string& text) {
            return std::string(text == kLinux || text == kMacos ? "" : "it is linux or macos");
        });
    add_configuration_options(args, request->configuration);
    args.flag("--json", request->json, "The same for machines");
    args.footer(std::string(kExamples));
    args.needs_one_of(outbound, inbound, "--outbound ADDRESS:PORT or --inbound ADDRESS:PORT");
    args.action([request](char**) { return explain(*request); });
}

}  // namespace kashim::cli
