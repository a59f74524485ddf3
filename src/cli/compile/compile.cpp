// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/commands.h"
#include "cli/compiled.h"
#include "host/replace_file.h"
#include "policy/compiled.h"
#include "text/cells.h"
#include "text/findings.h"

#include <fmt/format.h>

#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <thread>

namespace kashim::cli {
namespace {

// Waits until whatever is done to the file from now on shows in its state. False where that does not come soon: the clock
// was set back, there is none, or it is too coarse.
bool shows_every_change(const policy::FileState& state, host::NewFile& clock)
{
    constexpr std::chrono::milliseconds kStep(5);
    constexpr int kMostSteps = 40;
    for (int step = 0; step < kMostSteps; ++step) {
        if (policy::shows_every_change(state, clock.clock()))
            return true;
        std::this_thread::sleep_for(kStep);
    }
    return false;
}

int fail(std::string_view file, std::string_view text)
{
    fmt::print(stderr, "{}: error: {}\n", text::harmless(file), text);
    return kFailed;
}

// The state counts only where nothing can have happened to the file between the moment that it tells of and the reading.
// A change would show in it anyway; but a symbolic link may lead to another file meanwhile, and back again some day.
policy::FileState state_to_trust(const platform::FileStatus& before, bool shows, const std::string& path)
{
    const platform::FileStatus after = platform::file_status(path.c_str());
    return shows && after.state == before.state ? before.state : policy::FileState{};
}

int compile_file(const std::string& path)
{
    const std::string to = compiled_path(path);
    host::settle_file(path.c_str());
    const platform::FileStatus before = platform::file_status(path.c_str());
    host::NewFile target(to);
    const bool shows = target.problem().error == 0 && before.error == 0 && shows_every_change(before.state, target);

    const loaded::Effective effective =
        loaded::effective_with(loaded::read_configuration(path), nullptr, {path, {}}, config::Warnings::no);
    if (!effective.good()) {
        text::print_errors(effective);
        fmt::print(stderr, "{}: nothing was written\n", text::harmless(to));
        return effective.unreadable() ? kFailed : kBad;
    }
    const policy::RuleSet& rules = effective.parsed.rules;
    const auto table = policy::build_table(rules, policy::Labels::no);
    const auto bytes = policy::compiled_file(**table, state_to_trust(before, shows, path), effective.file.located.text);
    const host::Replaced replaced = target.replace(bytes, before);
    if (replaced.error != 0)
        return fail(to, fmt::format("cannot {} it: {}", replaced.doing, std::strerror(replaced.error)));
    fmt::print("{}: {} bytes, rules: {}\n", text::harmless(to), bytes.size(), rules.rules.size());
    return kGood;
}

int compile(const std::string& wanted)
{
    if (!wanted.empty())
        return compile_file(wanted);
    const config::Located located = loaded::find_configuration().located;
    switch (located.kind) {
    case config::Located::Kind::built_in:
        fmt::print("no configuration file: the built-in values are in force, and need no compiling\n");
        return kGood;
    case config::Located::Kind::file:
        return compile_file(located.path);
    case config::Located::Kind::error:
        break;
    }
    return fail(located.error.file, located.error.finding.text);
}

constexpr const char* kFooter =
    "Examples:\n"
    "  sudo kashim compile\n"
    "      writes /etc/kashim/kashim.toml.compiled beside /etc/kashim/kashim.toml\n"
    "  kashim compile ~/.config/kashim/kashim.toml\n"
    "      the same for a file of one's own\n"
    "\n"
    "Programs use the compiled form as long as it is of the file as it is now, and start faster; otherwise they parse\n"
    "the file. So this is never needed, and is to be done again after a change of the file. To undo it, remove the\n"
    "compiled form.\n"
    "Exit status: 0 written, 1 the file has errors, 2 it cannot be read or written, or wrong usage.";

}  // namespace

void add_compile(CommandLine& all)
{
    Args& args = all.add("compile", "Spares programs that start the parsing of a configuration");
    const auto file = std::make_shared<std::string>();
    args.positional("FILE", *file, "A configuration; without it the one that a program started from here would use")
        .names_a_file();
    args.footer(kFooter);
    args.action([file](char**) { return compile(*file); });
}

}  // namespace kashim::cli
