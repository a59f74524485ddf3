// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/compiled.h"
#include "policy/policy.h"
#include "policy/table_builder.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <set>

namespace kashim::test {
namespace {

using policy::CompiledForm;
using policy::CompiledHead;
using policy::FileState;

constexpr std::string_view kText = "[[rule]]\nport = 80\nidle = 11\n";
constexpr FileState kState{1, 2, kText.size(), 4, 5};

policy::RuleSet rules()
{
    policy::RuleSet set;
    policy::Rule rule;
    rule.name = "web";
    rule.line = 1;
    rule.ports.push_back({80, 80});
    rule.peers.push_back(policy::Network::around(policy::Address::ipv4(0x0a000000), 8));
    rule.selector.programs = {"nginx", "/opt/*"};
    rule.settings.idle = policy::Seconds(11);
    set.rules.push_back(rule);
    return set;
}

/// Aligned as a Table wants it.
class File {
public:
    File() : File(policy::compiled_file(**policy::build_table(rules(), policy::Labels::no), kState, kText)) {}
    explicit File(const std::vector<std::byte>& bytes) : words_((bytes.size() + 7) / 8), size_(bytes.size())
    {
        std::memcpy(words_.data(), bytes.data(), bytes.size());
    }

    std::span<std::byte> bytes() { return std::as_writable_bytes(std::span(words_)).first(size_); }
    CompiledForm form() { return policy::compiled_form(bytes()); }
    CompiledHead& head() { return *reinterpret_cast<CompiledHead*>(words_.data()); }

private:
    std::vector<std::uint64_t> words_;
    std::size_t size_;
};

TEST(PolicyCompiled, WhatWasWrittenDecidesAsTheRulesDo)
{
    File file;
    ASSERT_EQ(file.form(), CompiledForm::good);
    const policy::Table& table = policy::compiled_table(file.bytes());
    std::array<std::uint32_t, 4> storage;
    policy::Program program;
    program.executable = "/opt/web";
    const policy::Policy policy(table, program, {}, storage);
    EXPECT_EQ(policy.outbound({policy::Address::ipv4(0x0a010203), 80}).settings.idle.count(), 11);
    EXPECT_EQ(policy.outbound({policy::Address::ipv4(0x0b010203), 80}).settings.idle.count(), 60);
    program.executable = "/usr/bin/web";
    const policy::Policy another(table, program, {}, storage);
    EXPECT_EQ(another.outbound({policy::Address::ipv4(0x0a010203), 80}).settings.idle.count(), 60);
}

TEST(PolicyCompiled, SaysWhatItWasMadeOf)
{
    File file;
    EXPECT_EQ(file.head().source, kState);
    EXPECT_EQ(file.head().text, policy::fingerprint(kText));
}

TEST(PolicyCompiled, NamesAndLinesAreLeftOut)
{
    File file;
    const policy::Table& table = policy::compiled_table(file.bytes());
    EXPECT_STREQ(table.text(table.rule(0).name), "");
    EXPECT_EQ(table.rule(0).line, 0u);
    EXPECT_STREQ(table.text(table.defaults().name), "");
}

TEST(PolicyCompiled, IsDamagedWhereverABitIsWrong)
{
    File file;
    for (std::size_t at = 0; at < file.bytes().size(); ++at) {
        file.bytes()[at] ^= std::byte{0x10};
        EXPECT_NE(file.form(), CompiledForm::good) << at;
        file.bytes()[at] ^= std::byte{0x10};
    }
    EXPECT_EQ(file.form(), CompiledForm::good);
}

TEST(PolicyCompiled, IsNotUsedWhereverItWasCutOff)
{
    File whole;
    for (std::size_t size = 0; size < whole.bytes().size(); ++size) {
        File cut({whole.bytes().begin(), whole.bytes().begin() + static_cast<std::ptrdiff_t>(size)});
        EXPECT_EQ(cut.form(), size < sizeof(CompiledHead) ? CompiledForm::not_ours : CompiledForm::damaged) << size;
    }
}

TEST(PolicyCompiled, TellsAnotherVersionAndAnotherMachineFromDamage)
{
    File version;
    version.head().version[0] ^= 1;
    EXPECT_EQ(version.form(), CompiledForm::other_version);
    File reader;
    ++reader.head().reader;
    EXPECT_EQ(reader.form(), CompiledForm::other_version) << "a build of the same version that reads texts otherwise";
    File magic;
    magic.head().magic[0] = 'K';
    EXPECT_EQ(magic.form(), CompiledForm::not_ours);
}

TEST(PolicyCompiled, AStateShowsEveryChangeOnceTheClockHasGoneOn)
{
    constexpr std::int64_t kMillisecond = 1'000'000;
    constexpr std::int64_t kChanged = 1'700'000'000'123'456'789;
    const FileState state{1, 2, 3, 4, kChanged};
    EXPECT_FALSE(policy::shows_every_change(state, kChanged));
    EXPECT_FALSE(policy::shows_every_change(state, kChanged + 10 * kMillisecond));
    EXPECT_TRUE(policy::shows_every_change(state, kChanged + 21 * kMillisecond));
    EXPECT_FALSE(policy::shows_every_change(state, kChanged - 1000 * kMillisecond)) << "the clock was set back";
    EXPECT_FALSE(policy::shows_every_change(state, 0)) << "there is no clock";
}

// Two versions of a device whose images carry the time that their maker gave: same inode, same size, same times.
TEST(PolicyCompiled, AStateWithAWholeSecondShowsNoChange)
{
    constexpr std::int64_t kSecond = 1'000'000'000;
    for (const std::int64_t changed : {std::int64_t{0}, kSecond, 1'700'000'000 * kSecond})
        EXPECT_FALSE(policy::shows_every_change({1, 2, 3, changed, changed}, 1'800'000'000 * kSecond)) << changed;
}

TEST(PolicyCompiled, AFingerprintChangesWithEveryBitAndWithTheLength)
{
    std::set<std::uint64_t> seen;
    std::size_t texts = 0;
    for (std::size_t size = 0; size <= 100; ++size) {
        std::string text(size, '\0');
        seen.insert(policy::fingerprint(text));
        ++texts;
        for (std::size_t bit = 0; bit < 8 * size; ++bit) {
            text[bit / 8] = static_cast<char>(1 << bit % 8);
            seen.insert(policy::fingerprint(text));
            ++texts;
            text[bit / 8] = '\0';
        }
    }
    EXPECT_EQ(seen.size(), texts);
}

}  // namespace
}  // namespace kashim::test
