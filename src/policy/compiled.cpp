// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/compiled.h"

#include "policy/table_check.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <type_traits>

namespace kashim::policy {
namespace {

static_assert(std::is_trivially_copyable_v<CompiledHead> && sizeof(CompiledHead) % 64 == 0);

// The records that stand in a table. A field that moves within one changes the sources, and with them the fingerprint.
template <typename... Records>
constexpr std::uint64_t layout_of()
{
    std::uint64_t layout = 0;
    for (const std::size_t size : {sizeof(Records)...})
        layout = layout * 31 + size;
    return layout;
}

// Two builds take each other's compiled form only where they would read the text alike and lay the table out alike.
// KASHIM_READER is a fingerprint of the sources of policy and config (CMakeLists.txt): the version alone does not tell
// two builds between releases apart.
constexpr std::uint64_t kReader =
    KASHIM_READER ^
    layout_of<Table, Table::Group, Table::Node, Table::Peers, Table::Range, Table::Segment4, Table::Begin4,
              Table::Segment6, Table::Begin6, Table::Label, Settings, std::uint32_t, char>();

constexpr std::array<char, 16> version()
{
    constexpr std::string_view kVersion = KASHIM_VERSION;
    static_assert(kVersion.size() <= 16);
    std::array<char, 16> padded{};
    std::copy(kVersion.begin(), kVersion.end(), padded.begin());
    return padded;
}

std::uint64_t checksum(std::span<const std::byte> file)
{
    constexpr std::size_t kBefore = offsetof(CompiledHead, checksum);
    return fingerprint(file.subspan(sizeof(CompiledHead)), fingerprint(file.first(kBefore)));
}

// Of the many functions that would do, a short one. Four lanes, each in a register of its own, so that the
// multiplications do not wait for each other. Each step can be undone: no change of a single word is lost on the way.
constexpr std::uint64_t kFactors[] = {0x9e3779b97f4a7c15, 0xc2b2ae3d27d4eb4f, 0x165667b19e3779f9, 0xd6e8feb86659fd93};

struct Lanes {
    static constexpr std::size_t kBytes = 4 * sizeof(std::uint64_t);

    std::uint64_t a, b, c, d;

    void mix(const std::byte* bytes)
    {
        std::uint64_t words[4];
        std::memcpy(words, bytes, sizeof words);
        a = step(a, words[0], kFactors[0]);
        b = step(b, words[1], kFactors[1]);
        c = step(c, words[2], kFactors[2]);
        d = step(d, words[3], kFactors[3]);
    }

    // The product carries a change upwards only; the shift brings it down again.
    static std::uint64_t step(std::uint64_t lane, std::uint64_t word, std::uint64_t factor)
    {
        lane = (lane ^ word) * factor;
        return lane ^ lane >> 32;
    }
};

}  // namespace

bool shows_every_change(const FileState& state, std::int64_t now)
{
    // A change that is made while the clock stands still has the same time as the one before it. Clocks go on with the
    // kernel's tick (CONFIG_HZ, 10 ms at most).
    constexpr std::int64_t kTick = 20'000'000;
    constexpr std::int64_t kSecond = 1'000'000'000;
    return state.changed % kSecond != 0 && state.changed + kTick < now;
}

std::uint64_t fingerprint(std::span<const std::byte> bytes, std::uint64_t seed)
{
    Lanes lanes{seed ^ kFactors[1], seed ^ kFactors[2], seed ^ kFactors[3], seed ^ kFactors[0]};
    const std::byte* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= Lanes::kBytes; left -= Lanes::kBytes, at += Lanes::kBytes)
        lanes.mix(at);
    std::array<std::byte, Lanes::kBytes> rest{};
    std::copy_n(at, left, rest.begin());
    lanes.mix(rest.data());

    std::uint64_t result = bytes.size();
    for (const std::uint64_t lane : {lanes.a, lanes.b, lanes.c, lanes.d}) {
        result = (result ^ lane) * kFactors[0];
        result ^= result >> 32;
    }
    return result;
}

std::uint64_t fingerprint(std::string_view text)
{
    return fingerprint(std::as_bytes(std::span(text)));
}

CompiledForm form_by_head(std::span<const std::byte> start, std::uint64_t size)
{
    if (start.size() < sizeof(CompiledHead))
        return CompiledForm::not_ours;
    const CompiledHead& head = compiled_head(start);
    if (head.magic != CompiledHead::kMagic)
        return CompiledForm::not_ours;
    if (head.reader != kReader || head.version != version())
        return CompiledForm::other_version;
    return head.size == size ? CompiledForm::good : CompiledForm::damaged;
}

CompiledForm compiled_form(std::span<const std::byte> file)
{
    const CompiledForm form = form_by_head(file, file.size());
    if (form == CompiledForm::good &&
        (compiled_head(file).checksum != checksum(file) || !is_sound(file.subspan(sizeof(CompiledHead)))))
        return CompiledForm::damaged;
    return form;
}

const CompiledHead& compiled_head(std::span<const std::byte> file)
{
    return *reinterpret_cast<const CompiledHead*>(file.data());
}

const Table& compiled_table(std::span<const std::byte> file)
{
    return *reinterpret_cast<const Table*>(file.data() + sizeof(CompiledHead));
}

std::vector<std::byte> compiled_file(const Table& table, const FileState& source, std::string_view text)
{
    CompiledHead head;
    head.reader = kReader;
    head.version = version();
    head.size = sizeof head + table.size;
    head.source = source;
    head.text = fingerprint(text);
    std::vector<std::byte> file(static_cast<std::size_t>(head.size));
    std::memcpy(file.data(), &head, sizeof head);
    std::memcpy(file.data() + sizeof head, &table, table.size);
    head.checksum = checksum(file);
    std::memcpy(file.data(), &head, sizeof head);
    return file;
}

}  // namespace kashim::policy
