// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/elf_image.h"

#include <elf.h>

#include <algorithm>
#include <array>
#include <bit>
#include <climits>
#include <cstring>

namespace kashim::reach {
namespace {

using namespace std::string_view_literals;

// The kernel takes no more program headers than fit into 64 KiB; no file has a reason to pass the other bounds.
constexpr std::size_t kMostHeaders = 65536;
constexpr std::size_t kMostDynamic = 65536;
constexpr std::size_t kMostNeeded = 512;
constexpr std::size_t kMostNotes = 65536;
constexpr std::size_t kMostSections = 4096;
constexpr std::size_t kMostSectionNames = 1 << 20;
constexpr std::size_t kMostData = 1 << 20;

struct Class32 {
    using Header = Elf32_Ehdr;
    using Segment = Elf32_Phdr;
    using Section = Elf32_Shdr;
    using Dynamic = Elf32_Dyn;
};
struct Class64 {
    using Header = Elf64_Ehdr;
    using Segment = Elf64_Phdr;
    using Section = Elf64_Shdr;
    using Dynamic = Elf64_Dyn;
};

template <typename Class>
class Reader {
public:
    Reader(const host::ReadAt& read, bool swaps) : read_(read), swaps_(swaps) {}

    std::optional<ElfImage> image()
    {
        typename Class::Header header;
        if (!at(0, header) || !read_segments(header))
            return std::nullopt;
        ElfImage image;
        image.bits = sizeof(header.e_entry) * CHAR_BIT;
        image.machine = fix(header.e_machine);
        const unsigned type = fix(header.e_type);
        image.runs = !segments_.empty() && (type == ET_EXEC || type == ET_DYN);
        if (!read_interpreter(image))
            return std::nullopt;
        read_dynamic(image);
        image.go = has_go_section(header) || has_go_note() || has_go_build_info();
        return image;
    }

private:
    template <typename Number>
    Number fix(Number number) const
    {
        if (!swaps_)
            return number;
        std::array<char, sizeof(Number)> bytes = std::bit_cast<std::array<char, sizeof(Number)>>(number);
        std::reverse(bytes.begin(), bytes.end());
        return std::bit_cast<Number>(bytes);
    }

    template <typename Record>
    bool at(std::uint64_t offset, Record& record) const
    {
        return read_(offset, {reinterpret_cast<char*>(&record), sizeof record}) == sizeof record;
    }

    std::string bytes(std::uint64_t offset, std::uint64_t size, std::size_t most) const
    {
        std::string text(static_cast<std::size_t>(std::min<std::uint64_t>(size, most)), '\0');
        text.resize(read_(offset, text));
        return text;
    }

    bool read_segments(const typename Class::Header& header)
    {
        const std::size_t count = fix(header.e_phnum);
        if (fix(header.e_phentsize) != sizeof(typename Class::Segment) ||
            count * sizeof(typename Class::Segment) > kMostHeaders)
            return count == 0;
        segments_.resize(count);
        for (std::size_t i = 0; i < count; ++i) {
            if (!at(fix(header.e_phoff) + i * sizeof(typename Class::Segment), segments_[i]))
                return false;
        }
        return true;
    }

    const typename Class::Segment* segment(std::uint32_t type) const
    {
        const auto found = std::find_if(segments_.begin(), segments_.end(),
                                        [&](const auto& segment) { return fix(segment.p_type) == type; });
        return found == segments_.end() ? nullptr : &*found;
    }

    bool read_interpreter(ElfImage& image) const
    {
        const auto* found = segment(PT_INTERP);
        if (found == nullptr)
            return true;
        const std::uint64_t size = fix(found->p_filesz);
        if (size < 2 || size > PATH_MAX)
            return false;
        const std::string text = bytes(fix(found->p_offset), size, PATH_MAX);
        if (text.size() != size || text.back() != '\0')
            return false;
        image.interpreter = text.c_str();
        return true;
    }

    std::optional<std::uint64_t> offset_of(std::uint64_t address) const
    {
        for (const auto& segment : segments_) {
            const std::uint64_t start = fix(segment.p_vaddr);
            if (fix(segment.p_type) == PT_LOAD && address >= start && address - start < fix(segment.p_filesz))
                return fix(segment.p_offset) + (address - start);
        }
        return std::nullopt;
    }

    void read_dynamic(ElfImage& image) const
    {
        const auto* found = segment(PT_DYNAMIC);
        if (found == nullptr)
            return;
        image.dynamic = true;
        const std::string table = bytes(fix(found->p_offset), fix(found->p_filesz), kMostDynamic);
        std::vector<std::uint64_t> needed;
        std::optional<std::uint64_t> soname;
        std::optional<std::uint64_t> strings;
        typename Class::Dynamic entry;
        for (std::size_t at = 0; at + sizeof entry <= table.size(); at += sizeof entry) {
            std::memcpy(&entry, table.data() + at, sizeof entry);
            const auto tag = fix(entry.d_tag);
            const std::uint64_t value = fix(entry.d_un.d_val);
            if (tag == DT_NULL)
                break;
            if (tag == DT_NEEDED && needed.size() < kMostNeeded)
                needed.push_back(value);
            if (tag == DT_SONAME)
                soname = value;
            if (tag == DT_STRTAB)
                strings = offset_of(value);
        }
        if (!strings)
            return;
        for (const std::uint64_t name : needed)
            image.needed.push_back(text_at(*strings + name));
        if (soname)
            image.soname = text_at(*strings + *soname);
    }

    std::string text_at(std::uint64_t offset) const
    {
        constexpr std::size_t kLongestName = 256;
        const std::string text = bytes(offset, kLongestName, kLongestName);
        return text.substr(0, text.find('\0'));
    }

    bool has_go_section(const typename Class::Header& header) const
    {
        using Section = typename Class::Section;
        const std::size_t count = fix(header.e_shnum);
        const std::size_t of_names = fix(header.e_shstrndx);
        if (fix(header.e_shentsize) != sizeof(Section) || count > kMostSections || of_names >= count)
            return false;
        const std::string table = bytes(fix(header.e_shoff), count * sizeof(Section), kMostSections * sizeof(Section));
        if (table.size() != count * sizeof(Section))
            return false;
        const auto section = [&table](std::size_t number) {
            Section record;
            std::memcpy(&record, table.data() + number * sizeof record, sizeof record);
            return record;
        };
        const Section holder = section(of_names);
        const std::string names = bytes(fix(holder.sh_offset), fix(holder.sh_size), kMostSectionNames);
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t start = fix(section(i).sh_name);
            const auto name = std::string_view(names).substr(std::min(start, names.size()));
            if (name.starts_with(".go.buildinfo\0"sv) || name.starts_with(".note.go.buildid\0"sv))
                return true;
        }
        return false;
    }

    // Survives the removal of the section headers: name "Go", type 4 (cmd/internal/buildid in Go's sources).
    bool has_go_note() const
    {
        return std::any_of(segments_.begin(), segments_.end(), [this](const auto& segment) {
            if (fix(segment.p_type) != PT_NOTE)
                return false;
            const std::string notes = bytes(fix(segment.p_offset), fix(segment.p_filesz), kMostNotes);
            Elf32_Nhdr note;  // the same in both word sizes
            const auto padded = [](std::uint64_t size) { return (size + 3) & ~std::uint64_t{3}; };
            for (std::uint64_t at = 0; at + sizeof note <= notes.size();) {
                std::memcpy(&note, notes.data() + at, sizeof note);
                const auto name = std::string_view(notes).substr(static_cast<std::size_t>(at) + sizeof note);
                if (fix(note.n_type) == 4 && fix(note.n_namesz) == 4 && name.starts_with("Go\0\0"sv))
                    return true;
                at += sizeof note + padded(fix(note.n_namesz)) + padded(fix(note.n_descsz));
            }
            return false;
        });
    }

    // Where even the notes were removed: what runtime/debug.ReadBuildInfo reads, near the start of the data
    // (debug/buildinfo in Go's sources). Only writable data: a tool that looks for this text has it among its constants.
    bool has_go_build_info() const
    {
        constexpr std::size_t kAlignment = 16;
        const auto found = std::find_if(segments_.begin(), segments_.end(), [this](const auto& segment) {
            return fix(segment.p_type) == PT_LOAD && (fix(segment.p_flags) & PF_W) != 0;
        });
        if (found == segments_.end())
            return false;
        const std::string data = bytes(fix(found->p_offset), fix(found->p_filesz), kMostData);
        const std::uint64_t start = fix(found->p_vaddr);
        for (std::size_t at = (kAlignment - start % kAlignment) % kAlignment; at < data.size(); at += kAlignment) {
            if (std::string_view(data).substr(at).starts_with("\xff Go buildinf:"sv))
                return true;
        }
        return false;
    }

    const host::ReadAt& read_;
    bool swaps_;
    std::vector<typename Class::Segment> segments_;
};

}  // namespace

std::optional<ElfImage> read_elf(const host::ReadAt& read)
{
    std::array<char, EI_NIDENT> ident{};
    if (read(0, ident) != ident.size() || std::memcmp(ident.data(), ELFMAG, SELFMAG) != 0)
        return std::nullopt;
    const int order = ident[EI_DATA];
    if (order != ELFDATA2LSB && order != ELFDATA2MSB)
        return std::nullopt;
    const bool big_endian = order == ELFDATA2MSB;
    const bool swaps = big_endian != (std::endian::native == std::endian::big);
    std::optional<ElfImage> image;
    if (ident[EI_CLASS] == ELFCLASS32)
        image = Reader<Class32>(read, swaps).image();
    if (ident[EI_CLASS] == ELFCLASS64)
        image = Reader<Class64>(read, swaps).image();
    if (image)
        image->big_endian = big_endian;
    return image;
}

}  // namespace kashim::reach
