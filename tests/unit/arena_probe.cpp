// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Parses and compiles inside the library's own arena, which is too small again and again: each time this must fail
// cleanly, wherever in the parser the memory ends. A program of its own, because it is made of the library's sources
// and has the library's operator new; nothing of it may allocate outside of the arena.
//
// For each sample it prints: its name, its size in bytes, the bytes of arena it needs, the number of arenas that were
// too small for it. shim_arena_test.cpp reads that.
#include "config/options.h"
#include "config/parse.h"
#include "platform/memory.h"
#include "policy/table_builder.h"
#include "shim/arena.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

namespace {

using kashim::platform::Mapping;

constexpr std::size_t kWhole = std::size_t{1} << 30;  // touched as far as it is needed

[[noreturn]] void give_up(const char* why, std::string_view sample)
{
    std::printf("%.*s: %s\n", static_cast<int>(sample.size()), sample.data(), why);
    std::exit(1);
}

/// A text made without operator new.
class Sample {
public:
    Sample(const char* name, std::span<std::byte> memory)
        : name_(name), text_(reinterpret_cast<char*>(memory.data())), room_(memory.size())
    {
    }

    template <typename... Numbers>
    Sample& add(const char* format, Numbers... numbers)
    {
        const int wrote = std::snprintf(text_ + size_, room_ - size_, format, numbers...);
        if (wrote < 0 || static_cast<std::size_t>(wrote) >= room_ - size_)
            give_up("no room for the sample", name_);
        size_ += static_cast<std::size_t>(wrote);
        return *this;
    }

    Sample& times(int count, const char* format)
    {
        for (int i = 0; i < count; ++i)
            add(format, i);
        return *this;
    }

    std::string_view name() const { return name_; }
    std::string_view text() const { return {text_, size_}; }

private:
    const char* name_;
    char* text_;
    std::size_t room_;
    std::size_t size_ = 0;
};

/// What the constructor does with a file; how many findings, and how large the table.
struct Outcome {
    std::size_t findings = 0;
    std::size_t table = 0;

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

std::optional<Outcome> load(std::string_view text, std::span<std::byte> arena)
{
    Outcome outcome;
    const bool fits = kashim::shim::run_in_arena(arena, [&] {
        const auto parsed = kashim::config::parse(text, kashim::config::Warnings::yes);
        const auto overlay = kashim::config::parse_options("idle=30s interval=5s user_timeout=auto");
        outcome.findings = parsed.findings.size() + overlay.findings.size();
        if (!parsed.good())
            return;
        if (const auto table = kashim::policy::build_table(parsed.rules))
            outcome.table = table->size();
    });
    return fits ? std::optional(outcome) : std::nullopt;
}

void probe(const Sample& sample, bool good, std::span<std::byte> arena)
{
    const std::optional<Outcome> whole = load(sample.text(), arena);
    if (!whole)
        give_up("more than 1 GiB is not enough", sample.name());
    if (good != (whole->table != 0))
        give_up(good ? "is refused" : "is not refused", sample.name());

    std::size_t too_small = 0;
    std::size_t enough = kWhole;
    while (enough - too_small > 16) {
        const std::size_t middle = (too_small + enough) / 2;
        (load(sample.text(), arena.first(middle)) ? enough : too_small) = middle;
    }
    // An odd step, so that the end comes at every distance from an alignment; not more than a thousand runs.
    const std::size_t step = (enough / 1000) | 97;
    std::size_t failures = 0;
    for (std::size_t size = 0; size < enough; size += step) {
        const std::optional<Outcome> outcome = load(sample.text(), arena.first(size));
        if (outcome)
            continue;
        ++failures;
        if (failures % 100 == 0 && load(sample.text(), arena) != whole)
            give_up("a failure has left something behind", sample.name());
    }
    if (load(sample.text(), arena.first(enough)) != whole)
        give_up("is read differently in a small arena", sample.name());
    std::printf("%.*s %zu %zu %zu\n", static_cast<int>(sample.name().size()), sample.name().data(),
                sample.text().size(), enough, failures);
}

constexpr const char* kOrdinary = R"(# every key
[defaults]
keepalive = true
idle = "60s"
interval = "30s"
count = 5
user_timeout = "off"
app = "respect"

[[rule]]
name = "postgres behind the load balancer"
program = ["pgbouncer", "/opt/app/bin/*"]
command = "*gunicorn*"
direction = "outbound"
port = [5432, "6000-6010"]
peer = ["10.0.0.0/8", "fd00::/8"]
dead_after = "45s"
app = "override"
user_timeout = "auto"

[[rule]]
name = "ssh stays as it is"
program = "ssh"
keepalive = "leave"

[[rule]]
name = "the quiet lan"
peer = "192.168.0.0/16"
keepalive = false
idle = "1h30m"
interval = 75
count = 9

[[rule]]
name = "what comes in"
direction = "inbound"
port = [80, 443, "8000-8999"]
idle = 30
interval = "10s"
app = "cap"
user_timeout = "90s"

[[rule]]
program = ["redis-*", "memcached", "mongod"]
direction = "outbound"
peer = ["2001:db8::/32", "::ffff:10.0.0.0/104"]
dead_after = 20
idle = "12s"

[[rule]]
name = "the rest of the database hosts"
command = ["*--db*", "python3 *"]
port = 3306
peer = ["172.16.0.0/12", "100.64.0.0/10", "203.0.113.7"]
dead_after = "2m"
count = 3
)";

}  // namespace

int main()
{
    std::setvbuf(stdout, nullptr, _IONBF, 0);  // a crash must not take with it what was said
    const Mapping arena = Mapping::of(kWhole);
    const Mapping text = Mapping::of(std::size_t{1} << 21);
    if (!arena || !text)
        give_up("no memory", "probe");
    const auto sample = [&text](const char* name) { return Sample(name, text.bytes()); };
    // What is repeated is repeated often enough for every list to grow several times, and no more: each of a thousand
    // arenas ends at another place of it, and costs as much as it is large.
    constexpr const char* kDots = "a%d.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a = 1\n";

    probe(sample("ordinary").add("%s", kOrdinary), true, arena.bytes());
    probe(sample("empty").add("\n"), true, arena.bytes());
    probe(sample("errors")
              .add("idel = 3\n[defualts]\n[defaults]\nidle = 0\ncount = 128\ncuont = 1\n")
              .add("interval = \"x\"\nuser_timeout = 5\napp = 1979-05-27\n[[rule]]\nport = [0, 70000, \"9-1\", 1.5]\n")
              .add("peer = [\"10.0.0.0/33\", \"example.com\"]\ndead_after = 1\nprogram = []\n[[rule]]\nidle = {}\n"),
          false, arena.bytes());
    probe(sample("syntax").add("%s[[rule]\n", kOrdinary), false, arena.bytes());
    probe(sample("duplicate").add("%s[defaults]\n", kOrdinary), false, arena.bytes());
    probe(sample("dots").times(40, kDots), false, arena.bytes());
    probe(sample("nested-lists").add("[defaults]\nidle = [[[[[[[[1]]]]]]]]\n"), false, arena.bytes());
    probe(sample("nested-tables").add("a = {a = {a = {a = {a = {a = {a = 1}}}}}}\n"), false, arena.bytes());
    probe(sample("short-keys").times(500, "a%d=1\n"), false, arena.bytes());
    probe(sample("short-rules").times(200, "[[rule]]\n"), true, arena.bytes());
    probe(sample("inline-rules").add("rule=[{}").times(200, ",{}").add("]\n"), true, arena.bytes());
    probe(sample("programs").times(100, "[[rule]]\nprogram=\"p%d\"\nport=443\n"), true, arena.bytes());
    probe(sample("programs-and-ranges").times(20, "[[rule]]\nprogram=\"p%d\"\nport=\"1-65534\"\n"), true,
          arena.bytes());
    probe(sample("ports-and-peers")
              .add("[[rule]]\nport=[1")
              .times(63, ",2%03d")
              .add("]\npeer=[\"10.0.0.0\"")
              .times(63, ",\"10.0.%d.1\"")
              .add("]\n"),
          true, arena.bytes());
    probe(sample("wide-range-and-peers")
              .add("[[rule]]\nport=\"1-65534\"\npeer=[\"10.0.0.0\"")
              .times(63, ",\"10.0.%d.1\"")
              .add("]\n"),
          true, arena.bytes());
    return 0;
}
