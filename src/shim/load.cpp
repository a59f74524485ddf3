// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The constructor: everything that takes memory, files or the environment happens here, before the program's first
// line. Later a hook computes and asks the kernel, no more: it may run in a signal handler, in a forked child, or in a
// program that has forbidden itself to open anything.
#include "config/loaded_from.h"
#include "config/options.h"
#include "config/parse.h"
#include "config/search.h"
#include "platform/errno_guard.h"
#include "platform/file.h"
#include "platform/interpose.h"
#include "platform/memory.h"
#include "platform/process.h"
#include "platform/text.h"
#include "policy/table_builder.h"
#include "policy/who_wins.h"
#include "shim/arena.h"
#include "shim/runtime.h"
#include "shim/tune.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <new>
#include <optional>

namespace kashim::shim {
namespace {

using platform::Level;

// Too large for the stack of whoever loads us, and needed only here.
struct Scratch {
    platform::ProgramMemory program;
    std::array<char, 4096> sysconfdir;
    std::array<std::byte, 65536> arena;
};

// What parsing and compiling may take for each byte of the file: ordinary text needs 65, rules with many programs, wide
// port ranges and many peers up to 2,400 (tests/unit/shim_arena_test.cpp measures it). The first is tried first, because
// the whole counts where memory is not overcommitted; pages that are not needed are never touched.
constexpr std::size_t kArenaPerByte[] = {256, 8192};
constexpr std::size_t kArenaAtLeast = std::size_t{4} << 20;  // a short file may name wide ranges
constexpr std::size_t kArenaAtMost = std::size_t{sizeof(void*) == 8 ? 1024 : 256} << 20;

// The process's environment, of which nothing counts in secure execution.
class Environment {
public:
    const char* operator[](const char* name) const { return secure_ ? nullptr : platform::environment(name); }
    bool secure() const { return secure_; }

private:
    bool secure_ = platform::in_secure_execution();
};

void say(Level level, std::string_view text)
{
    runtime.log.write(level, text);
}

std::string_view text_or_nothing(const char* text)
{
    return text != nullptr ? std::string_view(text) : std::string_view{};
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

void open_log(const Environment& environment)
{
    struct Row {
        std::string_view name;
        Level level;
    };
    constexpr std::array kLevels = {Row{"off", Level::off}, Row{"error", Level::error}, Row{"warn", Level::warn},
                                    Row{"info", Level::info}, Row{"debug", Level::debug}};
    const std::string_view wanted = text_or_nothing(environment["KASHIM_LOG"]);
    const auto row = std::find_if(kLevels.begin(), kLevels.end(), [wanted](const Row& r) { return r.name == wanted; });
    const bool known = row != kLevels.end();
    const int error = runtime.log.open(known ? row->level : Level::error, environment["KASHIM_LOG_FILE"]);

    std::array<char, 384> memory;
    if (!known && !wanted.empty()) {
        platform::Text line(memory);
        line << "KASHIM_LOG: error: \"" << wanted << "\" is no level; expected off, error, warn, info or "
             << "debug; it counts as error";
        say(Level::error, line.view());
    }
    if (error != 0) {
        platform::Text line(memory);
        line << environment["KASHIM_LOG_FILE"]
             << ": error: KASHIM_LOG_FILE names this file, but it cannot be written: ";
        append_reason(line, error);
        line << "; messages go to standard error";
        say(Level::error, line.view());
    }
}

// Says what was found. Of the errors only the first: every program on the host may meet this file.
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

void say_no_memory(std::string_view file)
{
    std::array<char, 384> memory;
    platform::Text line(memory);
    line << file << ": error: reading it takes more memory than there is, or more than "
         << static_cast<std::int64_t>(kArenaAtMost >> 20) << " MiB; this program runs without kashim";
    say(Level::error, line.view());
}

config::Located find_file(const Environment& environment, Scratch& scratch, platform::File& file)
{
    const config::Environment where{environment["KASHIM_CONFIG"], environment["XDG_CONFIG_HOME"],
                                    environment["HOME"],          platform::user_id(),
                                    environment.secure(),         platform::sysconfdir(scratch.sysconfdir)};
    config::Located located = config::locate(where, [&file](const std::string& path) {
        file = platform::read_file(path.c_str(), config::kLargestFile);
        return config::loaded_from(file);
    });
    for (const config::FileFinding& warning : located.warnings)
        say(Level::warn, config::to_text(warning.file, warning.finding));
    if (located.kind == config::Located::Kind::error)
        say_findings(located.error.file, {&located.error.finding, &located.error.finding + 1});
    return located;
}

// The policy, its list of groups and the table, in one piece of memory that stays.
const policy::Policy* settle(const policy::OwnedTable& table, const policy::Program& program,
                             const policy::Overlay& overlay)
{
    constexpr std::size_t kHead = (sizeof(policy::Policy) + 63) / 64 * 64;
    const std::size_t groups = policy::Policy::capacity(*table) * sizeof(std::uint32_t);
    platform::Mapping mapping = platform::Mapping::of(kHead + table.size() + groups);
    if (!mapping)
        return nullptr;
    std::byte* const start = mapping.release().data();
    std::memcpy(start + kHead, &*table, table.size());
    const auto* const settled = reinterpret_cast<const policy::Table*>(start + kHead);
    auto* const storage = reinterpret_cast<std::uint32_t*>(start + kHead + table.size());
    return new (start) policy::Policy(*settled, program, overlay, {storage, policy::Policy::capacity(*table)});
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

// Who this process is costs five system calls: it is asked only where some rule, or the log, wants to know.
policy::Program program_for(const policy::RuleSet& rules, platform::ProgramMemory& memory)
{
    const bool matters = runtime.log.says(Level::info) ||
                         std::any_of(rules.rules.begin(), rules.rules.end(),
                                     [](const policy::Rule& rule) { return rule.selector != policy::Selector{}; });
    return matters ? platform::program_facts(memory) : policy::Program{};
}

const policy::Policy* compile(const config::Located& located, std::string_view options, platform::ProgramMemory& memory)
{
    // Looking for hidden rules takes time that grows with the square of their number. kashim check always does.
    constexpr std::size_t kLargestToWarnOf = 65536;
    const bool warns = runtime.log.says(Level::warn) && located.text.size() <= kLargestToWarnOf;
    const auto warnings = warns ? config::Warnings::yes : config::Warnings::no;
    const config::Parsed parsed = located.path.empty() ? config::Parsed{} : config::parse(located.text, warnings);
    const config::ParsedOptions overlay = config::parse_options(options);
    const policy::Policy* rules = nullptr;
    policy::Program program;
    if (parsed.good() && overlay.good()) {
        const auto table = policy::build_table(parsed.rules);
        program = program_for(parsed.rules, memory);
        rules = table ? settle(*table, program, overlay.overlay) : nullptr;
        if (rules == nullptr)
            leave_arena();
    }
    if (!warns && runtime.log.says(Level::warn) && rules != nullptr && !located.text.empty())
        say_too_large_to_warn(located.path);
    // Said last: with too little memory all this is tried again.
    say_findings(located.path, parsed.findings);
    if (parsed.good())
        say_findings(config::kOptionsName, overlay.findings);
    if (rules != nullptr)
        say_loaded(located, parsed.rules, program, *rules);
    return rules;
}

void put_in_force(const policy::Policy& rules)
{
    if (rules.base()) {
        runtime.base_values = policy::wanted(rules.base()->settings);
        runtime.base_options = policy::options_for_fresh_socket(runtime.base_values);
    }
    runtime.policy.store(&rules, std::memory_order_release);
}

std::optional<int> number(const char* text)
{
    const std::string_view digits = text_or_nothing(text);
    int value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size())
        return std::nullopt;
    return value;
}

// systemd's way of handing over sockets (sd_listen_fds(3)), and inetd's: the connection is descriptor 0.
void take_over_sockets(const Environment& environment)
{
    constexpr int kFirst = 3;
    constexpr int kMost = 4096;
    if (number(environment["LISTEN_PID"]) == platform::process_id()) {
        const int count = std::clamp(number(environment["LISTEN_FDS"]).value_or(0), 0, kMost);
        for (int fd = kFirst; fd < kFirst + count; ++fd)
            inherited(fd);
    }
    inherited_stdin();
}

__attribute__((constructor)) void load()
{
    const platform::ErrnoGuard keep_errno;
    platform::find_real_functions();
    const Environment environment;
    if (platform::is_on(environment["KASHIM_DISABLE"]))
        return;
    open_log(environment);

    const platform::Mapping memory = platform::Mapping::of(sizeof(Scratch));
    if (!memory)
        return say_no_memory("kashim");
    auto& scratch = *reinterpret_cast<Scratch*>(memory.bytes().data());

    platform::File file;
    config::Located located;
    if (!run_in_arena(scratch.arena, [&] { located = find_file(environment, scratch, file); }))
        return say_no_memory("kashim");
    if (located.kind == config::Located::Kind::error)
        return;

    const std::string_view options = text_or_nothing(environment["KASHIM_OPTIONS"]);
    const std::size_t input = located.text.size() + options.size();
    const policy::Policy* rules = nullptr;
    bool done = false;
    for (const std::size_t per_byte : kArenaPerByte) {
        const platform::Mapping working_memory =
            platform::Mapping::of(kArenaAtLeast + std::min(input, kArenaAtMost / per_byte) * per_byte);
        const auto work = [&] { rules = compile(located, options, scratch.program); };
        done = working_memory && run_in_arena(working_memory.bytes(), work);
        if (done)
            break;
    }
    if (!done)
        return say_no_memory(located.path.empty() ? std::string_view(config::kOptionsName) : located.path);
    if (rules == nullptr || rules->leaves_everything())
        return;
    put_in_force(*rules);
    take_over_sockets(environment);
}

}  // namespace
}  // namespace kashim::shim
