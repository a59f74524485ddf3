// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "shim/configuration.h"

#include "config/loaded_from.h"
#include "config/options.h"
#include "config/parse.h"
#include "config/search.h"
#include "config/words.h"
#include "platform/compiled_file.h"
#include "platform/memory.h"
#include "policy/table_builder.h"
#include "shim/arena.h"
#include "shim/messages.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <optional>

namespace kashim::shim {
namespace {

// What parsing and compiling may take for each byte of the file: ordinary text needs 65, rules with many programs, wide
// port ranges and many peers up to 2,400 (tests/unit/shim_arena_test.cpp measures it). The first is tried first, because
// the whole counts where memory is not overcommitted; pages that are not needed are never touched.
constexpr std::size_t kArenaPerByte[] = {256, 8192};
constexpr std::size_t kArenaAtLeast = std::size_t{4} << 20;  // a short file may name wide ranges
constexpr std::size_t kArenaAtMost = std::size_t{sizeof(void*) == 8 ? 1024 : 256} << 20;

// Memory for what most processes need, in .bss: to map and unmap some would take longer than all that is done with it.
// What is not touched costs nothing. What they all touch comes first: it fits behind the variables, on their page.
struct alignas(64) Memory {
    std::array<std::byte, 2560> kept;  // see keep()
    std::array<std::byte, 65536> arena;
};
constinit Memory memory{};
KASHIM_WITH_DATA constinit std::size_t kept = 0;

std::span<std::byte> left_to_keep()
{
    return std::span(memory.kept).subspan(kept);
}

// Memory that stays, aligned to 64; null where there is none.
std::byte* keep(std::size_t size)
{
    const std::span<std::byte> left = left_to_keep();
    if (size > left.size())
        return platform::Mapping::of(size).release().data();
    kept = std::min((kept + size + 63) / 64 * 64, memory.kept.size());
    return left.data();
}

struct Found {
    config::Located located;
    platform::FileText file;          // the text that located refers to
    platform::CompiledFile compiled;  // good where it takes the text's place

    bool is_compiled() const { return compiled.kind == platform::CompiledFile::Kind::good; }
    bool has_text() const { return !is_compiled() && located.kind == config::Located::Kind::file; }
};

// Warnings are said of a text, and so is what is in force: who wants to read them waits for the parser.
bool may_use_compiled()
{
    return !log_wants_more_than_errors();
}

config::Loaded load(const std::string& path, Found& found)
{
    const platform::FileStatus status = platform::file_status(path.c_str());
    found.compiled = {};
    if (status.regular && may_use_compiled()) {
        const std::string beside = config::join({path, platform::kCompiledSuffix});
        found.compiled = platform::read_compiled(beside.c_str(), status, left_to_keep());
        if (found.compiled.is_of(status.state))
            return {config::Loaded::Outcome::text, {}, 0};
    }
    found.file = platform::read_file(path.c_str(), config::kLargestFile, status);
    if (found.file.kind != platform::FileText::Kind::text || !found.compiled.is_of(found.file.text))
        found.compiled = {};
    return config::loaded_from(found.file);
}

void find(const Environment& environment, Found& found)
{
    const std::string sysconfdir = platform::sysconfdir();
    const config::Environment where{environment["KASHIM_CONFIG"], environment["XDG_CONFIG_HOME"], environment["HOME"],
                                    platform::user_id(),          environment.secure(),           sysconfdir};
    found.located = config::locate(where, [&found](const std::string& path) { return load(path, found); });
    if (!found.located.warnings.empty())
        say_warnings(found.located.warnings);
    if (found.located.kind == config::Located::Kind::error)
        say_findings(found.located.error.file, {&found.located.error.finding, &found.located.error.finding + 1});
}

// Who this process is costs system calls: it is asked only where some rule, or the log, wants to know. What is told lies
// in the arena.
policy::Program program_for(const policy::Table& table, platform::Arguments arguments)
{
    using platform::CommandLine;
    const bool all = log_wants_more_than_errors();
    if (!all && !table.asks_for_program())
        return {};
    const bool command = all || table.asks_for_command();
    return platform::program_facts(*new platform::ProgramMemory, command ? CommandLine::yes : CommandLine::no,
                                   arguments);
}

// The table must stay.
const policy::Policy* settle(const policy::Table& table, const policy::Program& program, const policy::Overlay& overlay)
{
    const std::size_t groups = policy::Policy::capacity(table);
    std::byte* const numbers = keep(groups * sizeof(std::uint32_t));
    std::byte* const place = keep(sizeof(policy::Policy));
    if (numbers == nullptr || place == nullptr)
        return nullptr;
    return new (place) policy::Policy(table, program, overlay, {reinterpret_cast<std::uint32_t*>(numbers), groups});
}

const policy::Table* kept_table(const policy::OwnedTable& table)
{
    std::byte* const place = keep(table.size());
    if (place != nullptr)
        std::memcpy(place, &*table, table.size());
    return reinterpret_cast<const policy::Table*>(place);
}

// Reads and compiles the text, or takes what was compiled already.
class Work {
public:
    Work(const Environment& environment, Found& found)
        : environment_(environment), found_(found), options_text_(environment.text("KASHIM_OPTIONS"))
    {
    }

    // How long all of what is parsed is, in bytes.
    std::size_t input() const { return found_.located.text.size() + options_text_.size(); }

    // Runs in an arena; again in a larger one where that was too small.
    void run()
    {
        kept = 0;
        rules_ = nullptr;
        const auto options = options_text_.empty() ? config::ParsedOptions{} : config::parse_options(options_text_);
        if (found_.is_compiled())
            take_compiled(options);
        else
            compile(options);
    }

    const policy::Policy* rules() const { return rules_; }

private:
    void take_compiled(const config::ParsedOptions& options)
    {
        const policy::Table& table = found_.compiled.table();
        if (found_.compiled.memory)
            found_.compiled.memory.release();
        else
            keep(found_.compiled.file.size());
        if (options.good())
            rules_ = settle(table, program_for(table, environment_.arguments()), options.overlay);
        else
            say_findings(config::kOptionsName, options.findings);
    }

    void compile(const config::ParsedOptions& options)
    {
        const config::Located& located = found_.located;
        // Looking for hidden rules takes time that grows with the square of their number. kashim check always does.
        constexpr std::size_t kLargestToWarnOf = 65536;
        const bool warns = log_wants_more_than_errors() && located.text.size() <= kLargestToWarnOf;
        const auto warnings = warns ? config::Warnings::yes : config::Warnings::no;
        const config::Parsed parsed = located.path.empty() ? config::Parsed{} : config::parse(located.text, warnings);
        policy::Program program;
        if (parsed.good() && options.good()) {
            const auto table = policy::build_table(parsed.rules);
            const policy::Table* const stays = table ? kept_table(*table) : nullptr;
            if (stays == nullptr)
                leave_arena();
            program = program_for(*stays, environment_.arguments());
            rules_ = settle(*stays, program, options.overlay);
        }
        if (!warns && log_wants_more_than_errors() && rules_ != nullptr && !located.text.empty())
            say_too_large_to_warn(located.path);
        // Said last: with too little memory all this is done again.
        say_findings(located.path, parsed.findings);
        if (parsed.good())
            say_findings(config::kOptionsName, options.findings);
        if (rules_ != nullptr)
            say_loaded(located, parsed.rules, program, *rules_);
    }

    const Environment& environment_;
    Found& found_;
    std::string_view options_text_;
    const policy::Policy* rules_ = nullptr;
};

bool run_in_mapped_arena(Work& work)
{
    const std::size_t input = work.input();
    for (const std::size_t per_byte : kArenaPerByte) {
        const platform::Mapping arena =
            platform::Mapping::of(kArenaAtLeast + std::min(input, kArenaAtMost / per_byte) * per_byte);
        if (arena && run_in_arena(arena.bytes(), [&work] { work.run(); }))
            return true;
    }
    return false;
}

}  // namespace

const policy::Policy* read_configuration(const Environment& environment)
{
    constexpr std::size_t kMostMebibytes = kArenaAtMost >> 20;
    Found found;
    Work work(environment, found);
    bool searched = false;
    bool done = false;
    // Where there is no text to be parsed the small arena does for the whole.
    const bool fitted = run_in_arena(memory.arena, [&] {
        find(environment, found);
        searched = true;
        done = found.located.kind == config::Located::Kind::error;
        if (done || found.has_text())
            return;
        work.run();
        done = true;
    });
    const config::Located& located = found.located;
    if (!searched && !fitted)
        say_no_memory("kashim", kMostMebibytes);
    else if (!done && !run_in_mapped_arena(work))
        say_no_memory(located.path.empty() ? std::string_view(config::kOptionsName) : located.path, kMostMebibytes);
    return work.rules();
}

}  // namespace kashim::shim
