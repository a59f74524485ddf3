// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "shim/messages.h"

#include "config/options.h"
#include "platform/memory.h"
#include "platform/text.h"
#include "policy/rule.h"

#include <algorithm>
#include <array>
#include <cerrno>

namespace kashim::shim {
namespace {

using platform::Level;

KASHIM_WITH_DATA constinit bool is_open = false;

void say(Level level, std::string_view text)
{
    if (!is_open && level == Level::error) {
        is_open = true;
        runtime.log.open(Level::error, nullptr);
    }
    runtime.log.write(level, text);
}

void append_reason(platform::Text& line, int error)
{
    switch (error) {
    case EACCES:
        line << "permission denied";
        break;
    case ENOENT:
    case ENOTDIR:
        line << "its folder does not exist";
        break;
    case EISDIR:
        line << "it is a folder";
        break;
    case EROFS:
        line << "the file system is read-only";
        break;
    default:
        line << "errno " << std::int64_t{error};
    }
}

// Which rules count here, and whom we took this process for: the answer to "why does my rule not match?".
void append_program(platform::Text& line, const policy::RuleSet& rules, const policy::Program& program)
{
    const auto concern = std::count_if(rules.rules.begin(), rules.rules.end(), [&program](const policy::Rule& rule) {
        return policy::matches(rule.selector, program);
    });
    line << "; for this program (" << program.executable;
    if (program.executed != program.executable)
        line << ", started as " << program.executed;
    if (!program.script.empty())
        line << ", script " << program.script;
    line << "): " << std::int64_t{concern};
}

}  // namespace

void open_log(const Environment& environment)
{
    const std::string_view wanted = environment.text("KASHIM_LOG");
    const auto level = platform::level_named(wanted);
    const std::string_view file = environment.text("KASHIM_LOG_FILE");
    is_open = true;
    const int error = runtime.log.open(level.value_or(Level::error), environment["KASHIM_LOG_FILE"]);

    std::array<char, 384> memory;
    if (!level && !wanted.empty()) {
        platform::Text line(memory);
        line << "KASHIM_LOG: error: \"" << wanted << "\" is no level; expected " << platform::kLevelsText
             << "; it counts as error";
        say(Level::error, line.view());
    }
    if (error != 0) {
        platform::Text line(memory);
        line << file << ": error: KASHIM_LOG_FILE names this file, but it cannot be written: ";
        append_reason(line, error);
        line << "; messages go to standard error";
        say(Level::error, line.view());
    }
}

void say_warnings(const std::vector<config::FileFinding>& warnings)
{
    for (const config::FileFinding& warning : warnings)
        say(Level::warn, config::to_text(warning.file, warning.finding));
}

void say_findings(std::string_view file, const std::vector<config::Finding>& findings)
{
    std::int64_t errors = 0;
    for (const config::Finding& finding : findings) {
        const bool is_error = finding.severity == config::Severity::error;
        errors += is_error ? 1 : 0;
        if (!is_error || errors == 1)
            say(is_error ? Level::error : Level::warn, config::to_text(file, finding));
    }
    if (errors == 0)
        return;
    std::array<char, 384> memory;
    platform::Text line(memory);
    line << "nothing is in force: this program runs without kashim";
    if (errors > 1) {
        line << "; " << errors - 1 << (errors == 2 ? " more error, " : " more errors, ") << "see: kashim check";
        if (file != config::kOptionsName)
            line << " " << file;
    }
    say(Level::error, line.view());
}

void say_too_large_to_warn(std::string_view file)
{
    std::array<char, 384> memory;
    platform::Text line(memory);
    line << file << ": warning: it is too large to look for all warnings here; see: kashim check " << file;
    say(Level::warn, line.view());
}

void say_no_memory(std::string_view file, std::size_t most_mebibytes)
{
    std::array<char, 384> memory;
    platform::Text line(memory);
    line << file << ": error: reading it takes more memory than there is, or more than "
         << static_cast<std::int64_t>(most_mebibytes) << " MiB; this program runs without kashim";
    say(Level::error, line.view());
}

void say_loaded(const config::Located& located, const policy::RuleSet& rules, const policy::Program& program,
                const policy::Policy& policy)
{
    if (!runtime.log.says(Level::info))
        return;
    std::array<char, 384> memory;
    platform::Text line(memory);
    line << "kashim " << KASHIM_VERSION << ": ";
    if (located.path.empty()) {
        line << "no configuration file (looked for ";
        std::string_view separator;
        for (const std::string& path : located.asked) {
            line << separator << path;
            separator = ", ";
        }
        line << "), the built-in defaults are in force";
    } else {
        line << located.path << " is in force, rules: " << static_cast<std::int64_t>(rules.rules.size());
        if (!rules.rules.empty())
            append_program(line, rules, program);
    }
    if (policy.leaves_everything())
        line << "; this program is left alone (keepalive = \"leave\")";
    say(Level::info, line.view());
}

}  // namespace kashim::shim
