// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/bytes.h"
#include "reach/macho_image.h"

#include <utility>

namespace kashim::reach {
namespace {

// mach-o/loader.h and mach-o/fat.h.
constexpr std::uint32_t kMagic = 0xfeedface;
constexpr std::uint32_t kMagic64 = 0xfeedfacf;
constexpr std::uint32_t kUniversal = 0xcafebabe;  // always big-endian
constexpr std::uint32_t kUniversal64 = 0xcafebabf;
constexpr std::uint32_t kExecute = 2;
constexpr std::uint32_t kDylib = 6;
constexpr std::uint32_t kSegment = 0x1;
constexpr std::uint32_t kSegment64 = 0x19;
constexpr std::uint32_t kLoadDylinker = 0xe;
constexpr std::uint32_t kCodeSignature = 0x1d;
constexpr std::uint32_t kSubtypeMask = 0x00ffffff;

// The class files of Java begin as universal files do; the number that counts the slices here is their version there,
// from 45 on.
constexpr std::uint32_t kMostSlices = 30;
constexpr std::size_t kMostCommands = 1 << 20;

// Where things are in a file of 32 and of 64 bits.
struct Layout {
    std::size_t header;
    std::uint32_t segment;
    std::size_t section_count;
    std::size_t sections;
    std::size_t section;
};
constexpr Layout kLayout32{28, kSegment, 48, 56, 68};
constexpr Layout kLayout64{32, kSegment64, 64, 72, 80};

constexpr std::size_t kNameSize = 16;

bool is_named(std::string_view bytes, std::size_t at, std::string_view name)
{
    const std::string_view field = bytes.substr(std::min(at, bytes.size()), kNameSize);
    return field.substr(0, field.find('\0')) == name;
}

class SliceReader {
public:
    SliceReader(const host::ReadAt& read, std::endian order, const Layout& layout)
        : read_(read), order_(order), layout_(layout)
    {
    }

    std::optional<MachSlice> slice()
    {
        const std::string header = bytes_at(read_, 0, layout_.header, layout_.header);
        if (header.size() != layout_.header)
            return std::nullopt;
        slice_.cpu = MachCpu{word(header, 4)};
        slice_.subtype = word(header, 8) & kSubtypeMask;
        slice_.program = word(header, 12) == kExecute;
        slice_.library = word(header, 12) == kDylib;
        return read_commands(word(header, 16), word(header, 20)) ? std::optional(slice_) : std::nullopt;
    }

private:
    std::uint32_t word(std::string_view bytes, std::size_t at) const
    {
        return number_in<std::uint32_t>(bytes, at, order_);
    }

    bool read_commands(std::uint32_t count, std::uint32_t size)
    {
        const std::string all = bytes_at(read_, layout_.header, size, kMostCommands);
        if (all.size() != size)
            return false;
        std::string_view rest = all;
        for (std::uint32_t i = 0; i < count; ++i) {
            const std::uint32_t length = word(rest, 4);
            if (length < 8 || length > rest.size())
                return false;
            take(rest.substr(0, length));
            rest.remove_prefix(length);
        }
        return true;
    }

    void take(std::string_view command)
    {
        const std::uint32_t kind = word(command, 0);
        if (kind == kLoadDylinker)
            slice_.dynamic = true;
        if (kind == layout_.segment && is_named(command, 8, "__RESTRICT"))
            slice_.restricted_section = slice_.restricted_section || has_restrict_section(command);
        // The kernel keeps the first (load_code_signature in bsd/kern/mach_loader.c), and there is room for thousands.
        if (kind == kCodeSignature && !std::exchange(has_signature_, true))
            slice_.signature = read_code_signature(part_of(read_, word(command, 8), word(command, 12)));
    }

    bool has_restrict_section(std::string_view segment) const
    {
        const std::uint32_t count = word(segment, layout_.section_count);
        for (std::uint32_t i = 0; i < count; ++i) {
            const std::size_t at = layout_.sections + i * layout_.section;
            if (at >= segment.size())
                return false;
            if (is_named(segment, at, "__restrict"))
                return true;
        }
        return false;
    }

    const host::ReadAt& read_;
    std::endian order_;
    const Layout& layout_;
    MachSlice slice_;
    bool has_signature_ = false;
};

std::optional<MachSlice> read_slice(const host::ReadAt& read)
{
    const std::string magic = bytes_at(read, 0, 4, 4);
    for (const std::endian order : {std::endian::little, std::endian::big}) {
        const auto number = number_in<std::uint32_t>(magic, 0, order);
        if (number == kMagic || number == kMagic64)
            return SliceReader(read, order, number == kMagic ? kLayout32 : kLayout64).slice();
    }
    return std::nullopt;
}

std::vector<MachSlice> read_universal(const host::ReadAt& read, bool wide)
{
    constexpr std::size_t kHead = 8;
    const auto word = [](std::string_view bytes, std::size_t at) {
        return number_in<std::uint32_t>(bytes, at, std::endian::big);
    };
    const auto place = [wide, &word](std::string_view entry, std::size_t narrow_at, std::size_t wide_at) {
        return wide ? number_in<std::uint64_t>(entry, wide_at, std::endian::big) : word(entry, narrow_at);
    };
    const std::size_t size = wide ? 32 : 20;
    const std::uint32_t count = word(bytes_at(read, 0, kHead, kHead), 4);
    std::vector<MachSlice> slices;
    if (count > kMostSlices)
        return slices;
    const std::string table = bytes_at(read, kHead, count * size, kMostSlices * size);
    for (std::size_t at = 0; at + size <= table.size(); at += size) {
        const std::string_view entry = std::string_view(table).substr(at, size);
        const host::ReadAt part = part_of(read, place(entry, 8, 8), place(entry, 12, 16));
        if (const auto slice = read_slice(part))  // of a universal archive of objects there is none
            slices.push_back(*slice);
    }
    return slices;
}

}  // namespace

std::optional<MachFile> read_macho(const host::ReadAt& read)
{
    MachFile file;
    const auto magic = number_in<std::uint32_t>(bytes_at(read, 0, 4, 4), 0, std::endian::big);
    if (magic == kUniversal || magic == kUniversal64)
        file.slices = read_universal(read, magic == kUniversal64);
    else if (const auto slice = read_slice(read))
        file.slices.push_back(*slice);
    return file.slices.empty() ? std::nullopt : std::optional(std::move(file));
}

}  // namespace kashim::reach
