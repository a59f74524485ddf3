// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Compiled tables that somebody has spoilt and then given the right checksum. None may lead a look-up out of the block:
// it lies between two pages that nobody may touch.
#include "config/parse.h"
#include "fuzz/random.h"
#include "policy/compiled.h"
#include "policy/policy.h"
#include "policy/table_builder.h"
#include "policy/table_check.h"
#include "support/process.h"

#include <gtest/gtest.h>

#include <sys/mman.h>

#include <cstring>
#include <type_traits>

namespace kashim::test {
namespace {

constexpr std::uint64_t kSeed = 20261122;
constexpr int kMutants = 400'000;

/// A block that ends where a page ends, so that one step too far is a fault. (It begins where it must be aligned.)
class Guarded {
public:
    explicit Guarded(std::size_t size) : size_(size)
    {
        const std::size_t pages = (size + kPage - 1) / kPage * kPage;
        whole_ = pages + 2 * kPage;
        start_ = static_cast<std::byte*>(mmap(nullptr, whole_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        mprotect(start_ + kPage, pages, PROT_READ | PROT_WRITE);
        block_ = start_ + kPage + pages - size;
    }
    ~Guarded() { munmap(start_, whole_); }
    Guarded(const Guarded&) = delete;
    Guarded& operator=(const Guarded&) = delete;

    std::span<std::byte> bytes() const { return {block_, size_}; }
    const policy::Table& table() const { return *reinterpret_cast<const policy::Table*>(block_); }

private:
    static constexpr std::size_t kPage = 4096;

    std::size_t size_;
    std::size_t whole_;
    std::byte* start_;
    std::byte* block_;
};

// Lists long enough to have marks, of both families.
std::string long_lists()
{
    std::string text = "[[rule]]\npeer = [\"10.0.0.0/30\"";
    for (int i = 1; i < 300; ++i)
        text += ", \"10.0." + std::to_string(i % 256) + "." + std::to_string(i / 256 * 8 + 4) +
                "/30\", \"fd00:" + std::to_string(i) + "::/48\"";
    return text + "]\n[[rule]]\nport = [80, 443]\npeer = [\"::/0\", \"0.0.0.0/0\"]\nidle = 3\n";
}

std::vector<std::vector<std::byte>> seeds()
{
    std::vector<std::string> texts{long_lists()};
    for (const char* file : {"tests/bench/30-lines.toml", "config/examples/redis.toml", "tests/fuzz/seeds/budgets.toml",
                             "tests/fuzz/seeds/leave.toml", "config/kashim.toml"})
        texts.push_back(read_file(std::string(KASHIM_SOURCE_DIR) + "/" + file));
    std::vector<std::vector<std::byte>> blocks;
    for (const std::string& text : texts) {
        const config::Parsed parsed = config::parse(text, config::Warnings::no);
        if (!parsed.good())
            continue;
        for (const policy::Labels labels : {policy::Labels::no, policy::Labels::yes}) {
            const auto table = policy::build_table(parsed.rules, labels);
            const auto* const start = reinterpret_cast<const std::byte*>(&**table);
            blocks.emplace_back(start, start + table->size());
        }
    }
    return blocks;
}

constexpr std::uint32_t kOdd[] = {0,  1,   2,      3,      4,          7,          8,          15,         16,
                                  17, 255, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xfffffffe, 0xffffffff};

// Half of it in the head, where the arrays are.
void mutate(Random& random, std::span<std::byte> block)
{
    const std::size_t words = (random.one_in(2) ? sizeof(policy::Table) : block.size()) / 4;
    std::byte* const at = block.data() + 4 * random.below(words);
    std::uint32_t word = 0;
    std::memcpy(&word, at, 4);
    switch (random.below(5)) {
    case 0:
        word = kOdd[random.below(std::size(kOdd))];
        break;
    case 1:
        word += static_cast<std::uint32_t>(random.below(9)) - 4;
        break;
    case 2:
        word ^= std::uint32_t{1} << random.below(32);
        break;
    case 3:
        word = static_cast<std::uint32_t>(random.below(block.size()));
        break;
    case 4:
        word = static_cast<std::uint32_t>(random.number());
        break;
    }
    std::memcpy(at, &word, 4);
}

// Everything that a process asks a table.
void ask(const policy::Table& table, Random& random)
{
    std::vector<std::uint32_t> storage(policy::Policy::capacity(table));
    const policy::Program program{"/opt/backend/bin/x", "/usr/bin/redis-server", "redis", "script.py",
                                  "redis --port 1"};
    const policy::Policy policy(table, program, {}, storage);
    table.asks_for_command();
    for (int i = 0; i < 24; ++i) {
        const auto port = static_cast<std::uint16_t>(random.one_in(2) ? random.number() : 5432);
        const policy::Address address =
            random.one_in(2) ? policy::Address::ipv4(0x0a000000 + static_cast<std::uint32_t>(random.below(0x20000)))
                             : policy::Address::ipv6(random.number(), random.number());
        const policy::Decision decisions[] = {policy.outbound({address, port}), policy.inbound(port, &address),
                                              policy.inbound(port, nullptr)};
        for (const policy::Decision& decision : decisions) {
            ASSERT_LT(decision.rule, table.rules.count);
            ASSERT_GE(std::strlen(table.text(table.rule(decision.rule).name)), 0u);
            ASSERT_GE(decision.settings.interval.count(), 1);  // who_wins divides by it
        }
    }
}

TEST(CompiledMutation, EveryTableThatWasBuiltIsSound)
{
    Random random(kSeed);
    for (const std::vector<std::byte>& seed : seeds()) {
        const Guarded guarded(seed.size());
        std::memcpy(guarded.bytes().data(), seed.data(), seed.size());
        ASSERT_TRUE(policy::is_sound(guarded.bytes()));
        ask(guarded.table(), random);
    }
}

TEST(CompiledMutation, ATableWhoseLongListsLackAMarkIsNotSound)
{
    const std::vector<std::byte> seed = seeds().front();
    const Guarded guarded(seed.size());
    std::memcpy(guarded.bytes().data(), seed.data(), seed.size());
    auto& table = const_cast<policy::Table&>(guarded.table());
    ASSERT_GT(table.marks4.count, policy::Table::kStride);
    ASSERT_GT(table.marks6.count, policy::Table::kStride);
    for (std::uint32_t* const count : {&table.marks4.count, &table.marks6.count}) {
        --*count;
        EXPECT_FALSE(policy::is_sound(guarded.bytes()));
        ++*count;
        EXPECT_TRUE(policy::is_sound(guarded.bytes()));
    }
}

// What chance hardly ever spoils alone.
TEST(CompiledMutation, ATableWithASingleFaultIsNotSound)
{
    const std::vector<std::byte> seed = seeds()[1];  // with labels
    const Guarded guarded(seed.size());
    const auto spoilt_by = [&](auto spoil) {
        std::memcpy(guarded.bytes().data(), seed.data(), seed.size());
        auto& table = const_cast<policy::Table&>(guarded.table());
        spoil(table);
        return !policy::is_sound(guarded.bytes());
    };
    const auto item = [](const policy::Table& table, auto array) {
        return const_cast<std::remove_const_t<std::remove_pointer_t<decltype(table.items(array))>>*>(
            table.items(array));
    };
    using policy::Table;
    ASSERT_FALSE(spoilt_by([](Table&) {}));
    EXPECT_TRUE(spoilt_by([&](Table& t) { item(t, t.texts)[t.texts.count - 1] = 'x'; })) << "the last text has no end";
    EXPECT_TRUE(spoilt_by([](Table& t) { --t.labels.count; })) << "a rule without a label";
    EXPECT_TRUE(spoilt_by([&](Table& t) { item(t, t.labels)[0].name = t.texts.count; })) << "a name behind the texts";
    EXPECT_TRUE(spoilt_by([](Table& t) { ++t.patterns.offset; })) << "an array that is not aligned";
    EXPECT_TRUE(spoilt_by([](Table& t) { t.rules.count = 0; })) << "no [defaults]";
    for (std::uint32_t Table::Group::*const member :
         {&Table::Group::first_rule, &Table::Group::first_unconditional, &Table::Group::first_leave,
          &Table::Group::first_other_than_leave, &Table::Group::first_outbound})
        EXPECT_TRUE(spoilt_by([&](Table& t) { item(t, t.groups)[0].*member = t.rules.count; }))
            << "a group names a rule that there is not";
}

TEST(CompiledMutation, NoSpoiltTableThatPassesForSoundLeadsOutOfItsBlock)
{
    const std::vector<std::vector<std::byte>> all = seeds();
    ASSERT_GE(all.size(), 6u);
    Random random(kSeed);
    int sound = 0;
    for (int i = 0; i < kMutants; ++i) {
        const std::vector<std::byte>& seed = random.of(all);
        const Guarded guarded(seed.size());
        std::memcpy(guarded.bytes().data(), seed.data(), seed.size());
        for (std::size_t n = 1 + random.below(4); n > 0; --n)
            mutate(random, guarded.bytes());
        if (!policy::is_sound(guarded.bytes()))
            continue;
        ++sound;
        ask(guarded.table(), random);
    }
    // Mutants that are all refused, or hardly ever, would not be worth much.
    EXPECT_GT(sound, kMutants / 20);
    EXPECT_LT(sound, kMutants * 19 / 20);
}

}  // namespace
}  // namespace kashim::test
