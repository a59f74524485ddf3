// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim doctor: can a preload reach it, what stands in the way, and what to do.
#include "cli/commands.h"
#include "cli/doctor/checkup.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/text/concern.h"
#include "text/cells.h"
#include "text/style.h"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <memory>

namespace kashim::cli {
namespace {

using reach::Diagnosis;
using reach::Reached;
using reach::Weight;

struct DoctorRequest {
    loaded::ConfigurationRequest configuration;
    bool json = false;
};

int status_of(Reached answer)
{
    switch (answer) {
    case Reached::reached:
    case Reached::reached_with_remarks:
        return kGood;
    case Reached::not_reached:
        return kBad;
    case Reached::unknown:
        break;
    }
    return kFailed;
}

std::string_view to_text(Weight weight)
{
    switch (weight) {
    case Weight::obstacle:
        return "obstacle";
    case Weight::doubt:
        return "doubt";
    case Weight::remark:
        return "remark";
    case Weight::note:
        break;
    }
    return "note";
}

std::string coloured(const text::Style& style, Weight weight, std::string_view text)
{
    switch (weight) {
    case Weight::obstacle:
        return style.bad(text);
    case Weight::doubt:
    case Weight::remark:
        return style.doubtful(text);
    case Weight::note:
        break;
    }
    return style.bold(text);
}

std::string coloured(const text::Style& style, Reached answer)
{
    const std::string_view text = reach::to_text(answer);
    return answer == Reached::reached
               ? style.good(text)
               : coloured(style, answer == Reached::not_reached ? Weight::obstacle : Weight::doubt, text);
}

void print_row(const text::Style& style, const Diagnosis& diagnosis)
{
    fmt::print("  {} {}\n", coloured(style, diagnosis.weight, fmt::format("{}:", to_text(diagnosis.cause))),
               text::harmless(diagnosis.what));
    if (!diagnosis.remedy.empty())
        fmt::print("      {} {}\n", style.faint("->"), text::harmless(diagnosis.remedy));
}

void print_text(const Checkup& checkup, const std::optional<Concern>& concern)
{
    const text::Style style(STDOUT_FILENO);
    const std::string what = text::harmless(checkup.name);
    const std::string name = style.bold(checkup.pid == 0 ? what
                                        : what.empty()   ? fmt::format("PID {}", checkup.pid)
                                                         : fmt::format("PID {} ({})", checkup.pid, what));
    if (concern && concern->comes_first())
        fmt::print("{}: {}\n", name, concern->text);
    fmt::print("{}: {}\n", name, coloured(style, checkup.verdict.answer()));
    for (const Diagnosis& one : checkup.verdict.diagnoses)
        print_row(style, one);
    if (concern && !concern->comes_first())
        print_row(style, {reach::Cause::configuration, Weight::note, concern->text, ""});
}

Json configuration_json(const loaded::Effective& effective, const std::optional<Concern>& concern)
{
    Json document{{"file", or_null(effective.file.located.path)}, {"good", effective.good()}};
    if (!concern)
        return document;
    document["leaves_everything"] = concern->leaves_everything;
    document["rules"] = Json::array();
    for (const policy::Rule* rule : concern->rules)
        document["rules"].push_back({{"line", rule->line}, {"name", or_null(rule->name)}});
    return document;
}

void print_document(const Checkup& checkup, const std::optional<Concern>& concern)
{
    Json document;
    if (checkup.pid != 0)
        document["pid"] = checkup.pid;
    document["name"] = or_null(checkup.name);
    document["executable"] = or_null(checkup.facts.executable);
    document["script"] = or_null(checkup.facts.script);
    document["command"] = or_null(checkup.facts.command);
    document["library"] = or_null(checkup.library);
    document["answer"] = reach::to_text(checkup.verdict.answer());
    document["findings"] = Json::array();
    for (const Diagnosis& one : checkup.verdict.diagnoses)
        document["findings"].push_back({{"code", to_text(one.cause)},
                                        {"weight", to_text(one.weight)},
                                        {"what", one.what},
                                        {"remedy", or_null(one.remedy)}});
    if (checkup.configuration)
        document["configuration"] = configuration_json(*checkup.configuration, concern);
    print_json(document);
}

// A number is a process, unless it has a slash; 0 where it is no number.
int pid_in(std::string_view word)
{
    int pid = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), pid);
    return error == std::errc() && end == word.data() + word.size() && pid > 0 ? pid : 0;
}

int doctor(const DoctorRequest& request, char** program)
{
    if (program == nullptr) {
        fmt::print(stderr, "kashim doctor: name a program or a process: kashim doctor PROGRAM | PID\n"
                           "see: kashim doctor --help\n");
        return kFailed;
    }
    std::vector<std::string> arguments;
    for (char** word = program; *word != nullptr; ++word)
        arguments.emplace_back(*word);
    const int pid = arguments.size() == 1 ? pid_in(arguments[0]) : 0;
    const Checkup checkup =
        pid != 0 ? check_up_process(pid, request.configuration) : check_up_program(arguments, request.configuration);
    std::optional<Concern> concern;
    if (checkup.configuration && checkup.configuration->good())
        concern = concern_of(*checkup.configuration, checkup.facts.program());
    if (request.json)
        print_document(checkup, concern);
    else
        print_text(checkup, concern);
    return status_of(checkup.verdict.answer());
}

}  // namespace

void add_doctor(CommandLine& all)
{
    Args& args = all.add("doctor", "Whether a program or process can be reached, and what stands in the way");
    args.usage("[OPTIONS] [--] PROGRAM [ARGUMENT...] | PID");
    args.starts_program(Args::Program::first);
    const auto request = std::make_shared<DoctorRequest>();
    add_configuration_options(args, request->configuration);
    args.flag("--json", request->json, "The same for machines");
    args.footer(
        "A number is a process; a program of such a name is given with a slash: ./1234.\n"
        "A program is judged as if it were started from here, by this user; nothing is started. Its arguments\n"
        "matter where rules look at scripts or command lines.\n"
        "\n"
        "Examples:\n"
        "  kashim doctor psql\n"
        "  kashim doctor python3 app.py\n"
        "  kashim doctor 4711\n"
        "\n"
        "Exit status: 0 the preload reaches it (and is loaded into the process), 1 it does not, 2 that cannot be\n"
        "told (no such program, no right to look), or wrong usage.");
    args.action([request](char** program) { return doctor(*request, program); });
}

}  // namespace kashim::cli
