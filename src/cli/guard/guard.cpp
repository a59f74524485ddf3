// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/guard/guard.h"

#include "cli/commands.h"
#include "cli/launch.h"
#include "cli/obstacle.h"
#include "cli/pids.h"
#include "config/words.h"
#include "guard/loop.h"
#include "text/findings.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace kashim::cli {
namespace {

using platform::Level;

struct GuardRequest {
    loaded::ConfigurationRequest configuration;
    std::vector<std::string> words;  // PIDs, and what stands behind "--"
    bool all = false;
    bool override = false;
    bool quiet = false;
};

// Not fmt::print, which throws where standard error cannot be written.
void say(std::string_view verb, const std::string& why)
{
    std::fprintf(stderr, "kashim %s: %s\n", std::string(verb).c_str(), why.c_str());
}

int failed(const std::string& why)
{
    say(kGuardCommand, why);
    return kFailed;
}

int failed_to_start(std::string_view verb, const std::string& why)
{
    say(verb, why);
    return kRunFailed;
}

// The guard leaves its working folder.
loaded::ConfigurationRequest with_absolute_path(loaded::ConfigurationRequest request)
{
    const char* const variable = std::getenv("KASHIM_CONFIG");
    if (request.config.empty() && variable != nullptr && *variable != '\0' && *variable != '/')
        request.config = variable;
    if (!request.config.empty())
        request.config = std::filesystem::absolute(request.config);
    return request;
}

int guard_started(std::string_view verb, const loaded::ConfigurationRequest& request, char** argv, bool quiet)
{
    if (is_disabled())
        return cannot_execute(verb, strings(argv), become(argv, {}));
    guard::GuardRules rules(with_absolute_path(request));
    if (!rules.good()) {
        text::print_errors(rules.in_force());
        return failed_to_start(verb,
                               fmt::format("{} is not started with such a configuration", config::in_quotes(argv[0])));
    }
    const std::string log_file = guard::GuardLog::file_wanted();
    guard::Signals signals(guard::Signals::all());
    std::optional<guard::GuardedProgram> program = guard::GuardedProgram::start(
        [verb, argv] { return cannot_execute(verb, strings(argv), become(argv, {})); }, signals);
    if (!program)
        return failed_to_start(verb, fmt::format("cannot start a process: {}", std::strerror(errno)));
    guard::GuardLog log(Level::warn, quiet, log_file);
    guard::GuardLoop(*program, rules, log, signals).run();
    return program->end_alike(signals);
}

sigset_t signals_of_a_service()
{
    sigset_t set;
    ::sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP})
        ::sigaddset(&set, signal);
    return set;
}

int guard_running(const GuardRequest& request, const sockets::Chosen& chosen)
{
    guard::GuardRules rules(request.configuration);
    if (!rules.good()) {
        text::print_errors(rules.in_force());
        return failed("nothing is guarded with such a configuration");
    }
    ::signal(SIGPIPE, SIG_IGN);  // a journal that restarts
    guard::Signals signals(signals_of_a_service());
    signals.open();
    guard::GuardLog log(Level::info, request.quiet, guard::GuardLog::file_wanted());
    const sockets::Present present = request.override ? sockets::Present::ours : sockets::Present::as_found;
    guard::GuardLoop(chosen, present, rules, log, signals).run();
    return kGood;
}

int guard(const GuardRequest& request, char** program)
{
    if (program != nullptr && *program != nullptr) {
        if (request.all || !request.words.empty())
            return failed("give process ids, or --all, or a program behind --; not two of these");
        if (request.override)
            return failed("--override is about programs that run already: their present values count as ours");
        return guard_started(kGuardCommand, request.configuration, program, request.quiet);
    }
    if (request.all && !request.words.empty())
        return failed("give process ids, or --all; not both");
    if (!request.all && request.words.empty())
        return failed("name the processes: kashim guard PID..., or --all, or start a program: kashim guard -- PROGRAM\n"
                      "see: kashim guard --help");
    sockets::Chosen chosen{{}, true};
    if (request.all)
        return guard_running(request, chosen);
    std::vector<pid_t> pids;
    for (const std::string& word : request.words) {
        const std::optional<pid_t> pid = pid_in(word);
        if (!pid)
            return failed(fmt::format("{} is no process id; a program stands behind --: kashim guard -- {}",
                                      config::in_quotes(word), word));
        pids.push_back(*pid);
    }
    Pids judged = cli::judged(pids);
    for (const std::string& problem : judged.problems)
        failed(problem);
    if (!judged.problems.empty())
        return kFailed;
    chosen.pids = std::move(judged.good);
    return guard_running(request, chosen);
}

}  // namespace

int guard_program(std::string_view verb, const loaded::ConfigurationRequest& request, char** argv)
{
    return guard_started(verb, request, argv, false);
}

void add_guard(CommandLine& all)
{
    Args& args = all.add(kGuardCommand, "Keeps the sockets of programs as the rules say");
    const auto request = std::make_shared<GuardRequest>();
    args.starts_program(Args::Program::after_dashes);
    args.positionals("PID", request->words, "Processes that run already, and all that they start");
    args.flag("--all", request->all, "Every process");
    add_configuration_options(args, request->configuration);
    args.flag("--override", request->override,
              "Values that sockets have already count as ours: those of an older file look like the program's");
    args.flag("--quiet", request->quiet, "Says errors only");
    args.footer(
        "Examples:\n"
        "  kashim guard 812\n"
        "      process 812 and its children, until they are gone; SIGHUP reads the file again\n"
        "  sudo kashim guard --all\n"
        "      the whole machine; packaging/systemd has a unit for it\n"
        "  kashim guard -- ./go-service --port 8080\n"
        "      starts it: terminal, signals and exit status are its own, and so is SIGHUP\n"
        "\n"
        "A file that changes is read again by itself. One with an error is reported, and the rules as they were\n"
        "before stay in force. Said on standard error: what was set and on what, and who cannot be guarded; where a\n"
        "program stands behind --, only the latter. KASHIM_LOG and KASHIM_LOG_FILE choose, as for the library.\n"
        "A child that lost its parent before it was seen is found only behind --.\n"
        "Exit status: 0 the processes have ended, or SIGTERM or SIGINT came; 2 wrong usage, or an error in the\n"
        "configuration. Behind -- the program's own; 125 if it was not started, 126 if it cannot be executed,\n"
        "127 if there is no such program.");
    args.action([request](char** program) { return guard(*request, program); });
}

}  // namespace kashim::cli
