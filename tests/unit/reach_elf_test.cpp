// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "host/root.h"
#include "reach/elf_image.h"

#include <elf.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace kashim::test {
namespace {

using reach::ElfImage;
using reach::Libc;

host::ReadAt over(const std::string& bytes)
{
    return [&bytes](std::uint64_t offset, std::span<char> memory) {
        if (offset >= bytes.size())
            return std::size_t{0};
        return bytes.copy(memory.data(), memory.size(), static_cast<std::size_t>(offset));
    };
}

/// A 64-bit little-endian program with these segments behind its header.
class Elf {
public:
    Elf()
    {
        std::memcpy(header_.e_ident, ELFMAG, SELFMAG);
        header_.e_ident[EI_CLASS] = ELFCLASS64;
        header_.e_ident[EI_DATA] = ELFDATA2LSB;
        header_.e_type = ET_DYN;
        header_.e_machine = EM_X86_64;
        header_.e_phoff = sizeof header_;
        header_.e_phentsize = sizeof(Elf64_Phdr);
        header_.e_shentsize = sizeof(Elf64_Shdr);
    }

    Elf64_Ehdr& header() { return header_; }

    /// The place of the bytes in the file, which is their address too.
    std::uint64_t bytes(std::string_view text)
    {
        const std::uint64_t place = kBody + body_.size();
        body_ += text;
        body_.resize((body_.size() + 15) / 16 * 16);
        return place;
    }

    Elf& segment(std::uint32_t type, std::uint64_t offset, std::uint64_t size, std::uint32_t flags = PF_R)
    {
        Elf64_Phdr segment{};
        segment.p_type = type;
        segment.p_flags = flags;
        segment.p_offset = segment.p_vaddr = offset;
        segment.p_filesz = segment.p_memsz = size;
        segments_.append(reinterpret_cast<const char*>(&segment), sizeof segment);
        ++header_.e_phnum;
        return *this;
    }

    Elf& holds(std::uint32_t type, std::string_view text, std::uint32_t flags = PF_R)
    {
        return segment(type, bytes(text), text.size(), flags);
    }

    std::string text() const
    {
        std::string file(reinterpret_cast<const char*>(&header_), sizeof header_);
        file += segments_;
        file.resize(kBody);
        return file + body_;
    }

    std::optional<ElfImage> image() const
    {
        const std::string file = text();
        return reach::read_elf(over(file));
    }

private:
    static constexpr std::size_t kBody = 4096;
    Elf64_Ehdr header_{};
    std::string segments_;
    std::string body_;
};

std::string entry(std::int64_t tag, std::uint64_t value)
{
    Elf64_Dyn record{};
    record.d_tag = tag;
    record.d_un.d_val = value;
    return {reinterpret_cast<const char*>(&record), sizeof record};
}

using namespace std::string_literals;

const std::string kGlibc = "/lib64/ld-linux-x86-64.so.2\0"s;

TEST(ReachElf, AProgramThatAsksForALoaderIsDynamic)
{
    const auto image = Elf().holds(PT_INTERP, kGlibc).image();
    ASSERT_TRUE(image);
    EXPECT_TRUE(image->runs);
    EXPECT_TRUE(image->is_loaded_dynamically());
    EXPECT_EQ(image->interpreter, "/lib64/ld-linux-x86-64.so.2");
    EXPECT_EQ(image->libc(), Libc::glibc);
    EXPECT_EQ(image->architecture(), "x86-64");
    EXPECT_FALSE(image->go);
}

TEST(ReachElf, APositionIndependentProgramWithoutALoaderIsStatic)
{
    const auto image = Elf().holds(PT_DYNAMIC, entry(DT_NULL, 0)).image();
    ASSERT_TRUE(image);
    EXPECT_TRUE(image->dynamic);
    EXPECT_FALSE(image->is_loaded_dynamically());
    EXPECT_EQ(image->libc(), Libc::none);
}

TEST(ReachElf, TheLibcIsToldByTheLoadersNameAlone)
{
    const auto libc = [](std::string loader) {
        return Elf().holds(PT_INTERP, loader + '\0').image().value_or(ElfImage{}).libc();
    };
    EXPECT_EQ(libc("/lib/ld-musl-x86_64.so.1"), Libc::musl);
    EXPECT_EQ(libc("/nix/store/abc-glibc-2.38/lib/ld-linux-x86-64.so.2"), Libc::glibc);
    EXPECT_EQ(libc("/lib/ld-linux.so.2"), Libc::glibc);
    EXPECT_EQ(libc("/lib/ld64.so.1"), Libc::glibc);
    EXPECT_EQ(libc("/system/bin/linker64"), Libc::other);
    EXPECT_EQ(libc("/ld-musl/ld-uClibc.so.0"), Libc::other);
}

TEST(ReachElf, NeededLibrariesAndTheOwnNameAreRead)
{
    Elf elf;
    const std::uint64_t names = elf.bytes("\0libasan.so.8\0libc.so.6\0ld-linux-x86-64.so.2\0"s);
    elf.segment(PT_LOAD, 0, 65536);
    elf.holds(PT_DYNAMIC, entry(DT_NEEDED, 1) + entry(DT_NEEDED, 14) + entry(DT_STRTAB, names) + entry(DT_SONAME, 24) +
                              entry(DT_NULL, 0) + entry(DT_NEEDED, 1));
    const auto image = elf.image();
    ASSERT_TRUE(image);
    EXPECT_EQ(image->needed, (std::vector<std::string>{"libasan.so.8", "libc.so.6"}));
    EXPECT_TRUE(image->is_loader());
    EXPECT_TRUE(image->is_loaded_dynamically());
    EXPECT_EQ(image->libc(), Libc::glibc);
}

TEST(ReachElf, GoIsKnownByItsNoteWithoutSectionHeaders)
{
    const std::string note = "\4\0\0\0\4\0\0\0\4\0\0\0Go\0\0abcd"s;
    const std::string other = "\4\0\0\0\4\0\0\0\1\0\0\0GNU\0abcd"s;
    EXPECT_TRUE(Elf().holds(PT_NOTE, note).image()->go);
    EXPECT_TRUE(Elf().holds(PT_NOTE, other + note).image()->go);
    EXPECT_FALSE(Elf().holds(PT_NOTE, other).image()->go);
}

TEST(ReachElf, GoIsKnownByItsBuildInformationInWritableData)
{
    const std::string information = std::string(32, 'x') + "\xff Go buildinf:\x08\x02";
    EXPECT_TRUE(Elf().holds(PT_LOAD, information, PF_R | PF_W).image()->go);
    EXPECT_FALSE(Elf().holds(PT_LOAD, information, PF_R).image()->go) << "a tool that looks for it is not Go";
    EXPECT_FALSE(Elf().holds(PT_LOAD, "x" + information, PF_R | PF_W).image()->go) << "it is aligned";
}

TEST(ReachElf, OneWordSizeDoesNotFitTheOther)
{
    ElfImage wide{.bits = 64, .machine = EM_X86_64};
    ElfImage narrow{.bits = 32, .machine = EM_386};
    ElfImage x32{.bits = 32, .machine = EM_X86_64};
    EXPECT_TRUE(wide.fits(wide));
    EXPECT_FALSE(wide.fits(narrow));
    EXPECT_FALSE(wide.fits(x32));
    EXPECT_EQ(narrow.architecture(), "i386");
    EXPECT_EQ(x32.architecture(), "32-bit x86-64");
    EXPECT_EQ((ElfImage{.bits = 64, .machine = 9999}.architecture()), "64-bit machine 9999");
}

TEST(ReachElf, TheOtherByteOrderIsRead)
{
    // s390x: header alone, every number the other way round.
    std::string file(sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr), '\0');
    const auto put = [&file](std::size_t at, std::size_t size, unsigned value) {
        file[at + size - 1] = static_cast<char>(value & 0xff);
        file[at + size - 2] = static_cast<char>(value >> 8);
    };
    std::memcpy(file.data(), ELFMAG, SELFMAG);
    file[EI_CLASS] = ELFCLASS64;
    file[EI_DATA] = ELFDATA2MSB;
    put(offsetof(Elf64_Ehdr, e_type), 2, ET_EXEC);
    put(offsetof(Elf64_Ehdr, e_machine), 2, EM_S390);
    put(offsetof(Elf64_Ehdr, e_phoff), 8, sizeof(Elf64_Ehdr));
    put(offsetof(Elf64_Ehdr, e_phentsize), 2, sizeof(Elf64_Phdr));
    put(offsetof(Elf64_Ehdr, e_phnum), 2, 1);
    const auto image = reach::read_elf(over(file));
    ASSERT_TRUE(image);
    EXPECT_TRUE(image->big_endian);
    EXPECT_TRUE(image->runs);
    EXPECT_EQ(image->architecture(), "s390x");
}

TEST(ReachElf, WhatTheKernelRefusesIsNoProgram)
{
    EXPECT_FALSE(reach::read_elf(over("")));
    EXPECT_FALSE(reach::read_elf(over("\177ELF")));
    EXPECT_FALSE(reach::read_elf(over("#!/bin/sh\nexit\n")));
    EXPECT_FALSE(Elf().holds(PT_INTERP, "/lib/ld.so").image()) << "the name does not end";
    EXPECT_FALSE(Elf().segment(PT_INTERP, 4096, 1 << 20).image()) << "the name is too long";
    EXPECT_FALSE(Elf().segment(PT_INTERP, ~std::uint64_t{0} - 8, 16).image()) << "the name is nowhere";
    Elf odd_headers;
    odd_headers.holds(PT_INTERP, kGlibc).header().e_phentsize = 7;
    EXPECT_FALSE(odd_headers.image());
    Elf too_many;
    too_many.header().e_phnum = 0xffff;
    EXPECT_FALSE(too_many.image());
    Elf object;
    object.header().e_type = ET_REL;
    EXPECT_FALSE(object.image()->runs);
}

TEST(ReachElf, OffsetsIntoNowhereEndInNothingFound)
{
    Elf elf;
    elf.segment(PT_LOAD, 0, ~std::uint64_t{0});
    elf.holds(PT_DYNAMIC, entry(DT_NEEDED, ~std::uint64_t{0}) + entry(DT_SONAME, 1u << 31) +
                              entry(DT_STRTAB, ~std::uint64_t{0} - 5));
    elf.segment(PT_NOTE, ~std::uint64_t{0}, ~std::uint64_t{0});
    elf.holds(PT_NOTE, std::string(12, '\xff'));
    elf.header().e_shoff = ~std::uint64_t{0};
    elf.header().e_shnum = 9;
    const auto image = elf.image();
    ASSERT_TRUE(image);
    EXPECT_EQ(image->needed, std::vector<std::string>{""});
    EXPECT_EQ(image->soname, "");
    EXPECT_FALSE(image->go);
}

TEST(ReachElf, NoCutAndNoFlippedByteOfARealProgramDoesHarm)
{
    const std::string whole = host::Root().find("/bin/sh").start(1 << 20);
    ASSERT_TRUE(reach::read_elf(over(whole))->is_loaded_dynamically());
    for (std::size_t size = 0; size < std::min<std::size_t>(whole.size(), 4096); ++size) {
        const std::string cut = whole.substr(0, size);
        reach::read_elf(over(cut));
    }
    std::string changed = whole;
    for (std::size_t at = 0; at < std::min<std::size_t>(whole.size(), 2048); ++at) {
        for (const char value : {'\0', '\x7f', '\xff'}) {
            changed[at] = value;
            reach::read_elf(over(changed));
        }
        changed[at] = whole[at];
    }
}

TEST(ReachElf, OurselvesAreNoGoProgramThoughWeKnowItsMarks)
{
    const auto image = reach::read_elf(host::Root().find("/proc/self/exe").reader());
    ASSERT_TRUE(image);
    EXPECT_FALSE(image->go);
}

}  // namespace
}  // namespace kashim::test
