// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/loaded_object_elf.h"

#include <elf.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

namespace kashim::platform {
namespace {

using Address = ElfW(Addr);

/// Memory that ends where nobody may read: whoever reads too far is killed.
class Guarded {
public:
    Guarded() : page_(static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)))
    {
        void* const memory = ::mmap(nullptr, 3 * page_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        start_ = static_cast<unsigned char*>(memory) + page_;
        ::mprotect(start_, page_, PROT_READ | PROT_WRITE);
    }
    ~Guarded() { ::munmap(start_ - page_, 3 * page_); }
    Guarded(const Guarded&) = delete;
    Guarded& operator=(const Guarded&) = delete;

    /// The last bytes before the end.
    unsigned char* last(std::size_t size) { return start_ + page_ - size; }

private:
    std::size_t page_;
    unsigned char* start_;
};

enum class Hash { gnu, system_v };

/// A library of one segment, with the tables that a look-up needs and nothing else: a dynamic section, symbols, names,
/// versions, and a hash table of one bucket, so that every symbol is in one chain.
class Library {
public:
    struct Symbol {
        std::string name;
        unsigned char type = STT_FUNC;
        unsigned char binding = STB_GLOBAL;
        ElfW(Half) version = 2;
        ElfW(Section) section = 1;
        Address value = 16;
    };

    Library(Hash hash, const std::vector<Symbol>& symbols) : Library(hash, symbols, [](Address base) { return base; })
    {
    }

    /// `moved` says how an address of the dynamic section is written, from what the loader added to it.
    template <typename Moved>
    Library(Hash hash, const std::vector<Symbol>& symbols, Moved moved)
    {
        const Address table = put(hash == Hash::gnu ? gnu_table(symbols) : system_v_table(symbols));
        std::string names(1, '\0');
        std::vector<ElfW(Sym)> entries(1);
        std::vector<ElfW(Half)> versions(1);
        for (const Symbol& symbol : symbols) {
            ElfW(Sym) entry{};
            entry.st_name = static_cast<ElfW(Word)>(names.size());
            entry.st_info = static_cast<unsigned char>(symbol.binding << 4 | symbol.type);
            entry.st_shndx = symbol.section;
            entry.st_value = symbol.value;
            entries.push_back(entry);
            versions.push_back(symbol.version);
            names += symbol.name + '\0';
        }
        const Address symbol_table = put(bytes_of(entries));
        const Address version_table = put(bytes_of(versions));
        const Address name_table = put(names);
        const Address base = start_of(bytes_.size() + 6 * sizeof(ElfW(Dyn)));
        std::vector<ElfW(Dyn)> dynamic;
        const auto add = [&dynamic](ElfW(Sxword) tag, Address value) {
            ElfW(Dyn) entry{};
            entry.d_tag = static_cast<decltype(entry.d_tag)>(tag);
            entry.d_un.d_ptr = value;
            dynamic.push_back(entry);
        };
        add(hash == Hash::gnu ? DT_GNU_HASH : DT_HASH, moved(base) + table);
        add(DT_SYMTAB, moved(base) + symbol_table);
        add(DT_STRTAB, moved(base) + name_table);
        add(DT_VERSYM, moved(base) + version_table);
        add(DT_NULL, 0);
        const Address dynamic_section = put(bytes_of(dynamic));
        bytes_.resize(bytes_.size() + sizeof(ElfW(Dyn)));  // as reckoned for the base
        headers_[0].p_type = PT_LOAD;
        headers_[0].p_flags = PF_R | PF_X;
        headers_[0].p_memsz = bytes_.size();
        headers_[1].p_type = PT_DYNAMIC;
        headers_[1].p_vaddr = dynamic_section;
        headers_[1].p_memsz = dynamic.size() * sizeof(ElfW(Dyn));
        std::memcpy(memory_.last(bytes_.size()), bytes_.data(), bytes_.size());
    }

    LoadedObject object() { return {base(), headers_}; }
    std::optional<LoadedObject::Function> find(std::string_view name) { return object().function(name); }

    Address base() { return start_of(bytes_.size()); }
    std::size_t size() const { return bytes_.size(); }
    unsigned char* memory() { return memory_.last(bytes_.size()); }
    ElfW(Phdr) & segment() { return headers_[0]; }

private:
    Address start_of(std::size_t size) { return reinterpret_cast<Address>(memory_.last(size)); }

    template <typename T>
    static std::string bytes_of(const std::vector<T>& values)
    {
        return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
    }

    Address put(const std::string& bytes)
    {
        const Address at = bytes_.size();
        bytes_ += bytes;
        bytes_.resize((bytes_.size() + 7) / 8 * 8);
        return at;
    }

    static std::string gnu_table(const std::vector<Symbol>& symbols)
    {
        // Buckets, first symbol, one word of the filter, its shift; the filter lets everything through.
        std::vector<std::uint32_t> words{1, 1, 1, 0};
        words.insert(words.end(), sizeof(Address) / sizeof(std::uint32_t), 0xffffffff);
        words.push_back(symbols.empty() ? 0 : 1);
        for (const Symbol& symbol : symbols) {
            std::uint32_t hash = 5381;
            for (const char c : symbol.name)
                hash = hash * 33 + static_cast<unsigned char>(c);
            words.push_back(hash & ~1u);
        }
        if (!symbols.empty())
            words.back() |= 1;
        return bytes_of(words);
    }

    static std::string system_v_table(const std::vector<Symbol>& symbols)
    {
        const auto count = static_cast<std::uint32_t>(symbols.size());
        std::vector<std::uint32_t> words{1, count + 1, count == 0 ? 0u : 1u, 0};
        for (std::uint32_t i = 1; i <= count; ++i)
            words.push_back(i < count ? i + 1 : 0);
        return bytes_of(words);
    }

    Guarded memory_;
    std::string bytes_{std::string(64, '\x90')};  // where the functions are
    std::array<ElfW(Phdr), 2> headers_{};
};

class LoadedObjectBy : public ::testing::TestWithParam<Hash> {
protected:
    /// Whether a symbol of that kind is found behind one that is none of our business.
    bool finds(const Library::Symbol& symbol)
    {
        Library library(GetParam(), {{.name = "before"}, symbol, {.name = "behind"}});
        EXPECT_TRUE(library.find("behind"));
        return library.find(symbol.name).has_value();
    }
};

INSTANTIATE_TEST_SUITE_P(Table, LoadedObjectBy, ::testing::Values(Hash::gnu, Hash::system_v),
                         [](const auto& hash) { return hash.param == Hash::gnu ? "GnuHash" : "SystemVHash"; });

TEST_P(LoadedObjectBy, FindsAFunctionWhereItWasMapped)
{
    Library library(GetParam(), {{.name = "accept", .value = 8}, {.name = "socket", .value = 24}});
    const auto found = library.find("socket");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->address, library.base() + 24);
    EXPECT_FALSE(found->indirect);
    EXPECT_EQ(library.find("accept")->address, library.base() + 8);
}

TEST_P(LoadedObjectBy, FindsNothingByAnotherName)
{
    Library library(GetParam(), {{.name = "accept4"}, {.name = "sockets"}});
    EXPECT_FALSE(library.find("accept"));
    EXPECT_FALSE(library.find("socket"));
    EXPECT_FALSE(library.find("socketss"));
    EXPECT_FALSE(library.find(""));
    EXPECT_FALSE(Library(GetParam(), {}).find("socket"));
}

TEST_P(LoadedObjectBy, FindsItAlsoWhereTheLoaderLeftTheAddressesOfTheFile)
{
    Library library(GetParam(), {{.name = "socket"}}, [](Address) { return Address{0}; });
    ASSERT_TRUE(library.find("socket"));
    EXPECT_EQ(library.find("socket")->address, library.base() + 16);
}

TEST_P(LoadedObjectBy, TakesTheDefaultVersionOfSeveral)
{
    Library library(GetParam(), {{.name = "socket", .version = 0x8002, .value = 8},
                                 {.name = "socket", .version = 3, .value = 24},
                                 {.name = "socket", .version = 0x8004, .value = 40}});
    ASSERT_TRUE(library.find("socket"));
    EXPECT_EQ(library.find("socket")->address, library.base() + 24);
}

TEST_P(LoadedObjectBy, SaysWhetherItMustBeAskedForTheFunction)
{
    Library library(GetParam(), {{.name = "socket", .type = STT_GNU_IFUNC}});
    ASSERT_TRUE(library.find("socket"));
    EXPECT_TRUE(library.find("socket")->indirect);
}

TEST_P(LoadedObjectBy, TakesWhatOthersMayCallAndNothingElse)
{
    EXPECT_TRUE(finds({.name = "weak", .binding = STB_WEAK}));
    EXPECT_TRUE(finds({.name = "unique", .binding = STB_GNU_UNIQUE}));
    EXPECT_TRUE(finds({.name = "untyped", .type = STT_NOTYPE}));
    EXPECT_TRUE(finds({.name = "unversioned", .version = 1}));
    EXPECT_FALSE(finds({.name = "old", .version = 0x8002}));
    EXPECT_FALSE(finds({.name = "undefined", .section = SHN_UNDEF, .value = 0}));
    EXPECT_FALSE(finds({.name = "local", .binding = STB_LOCAL}));
    EXPECT_FALSE(finds({.name = "variable", .type = STT_OBJECT}));
    EXPECT_FALSE(finds({.name = "of_thread", .type = STT_TLS}));
    EXPECT_FALSE(finds({.name = "elsewhere", .value = 1 << 20}));
}

TEST_P(LoadedObjectBy, TakesNoFunctionThatCannotBeExecuted)
{
    Library library(GetParam(), {{.name = "socket"}});
    library.segment().p_flags = PF_R | PF_W;
    EXPECT_FALSE(library.find("socket"));
}

TEST_P(LoadedObjectBy, ReadsNothingThatMayNotBeRead)
{
    Library library(GetParam(), {{.name = "socket"}});
    library.segment().p_flags = PF_X;
    EXPECT_FALSE(library.find("socket"));
}

TEST_P(LoadedObjectBy, ASegmentThatEndsEarlyEndsTheSearchAndNotTheProcess)
{
    Library library(GetParam(), {{.name = "accept"}, {.name = "socket"}});
    const std::size_t whole = library.size();
    int found = 0;
    for (std::size_t size = 0; size < whole; ++size) {
        library.segment().p_memsz = size;
        found += library.find("socket") ? 1 : 0;
    }
    // Only what lies behind the end of the dynamic section, 24 bytes at most, is not needed.
    EXPECT_LE(found, 48);
}

TEST_P(LoadedObjectBy, ADamagedByteMisleadsNobodyBeyondTheLibrary)
{
    Library library(GetParam(), {{.name = "accept"}, {.name = "socket"}, {.name = "listen", .version = 0x8002}});
    unsigned char* const memory = library.memory();
    for (std::size_t i = 0; i < library.size(); ++i) {
        const unsigned char kept = memory[i];
        for (const int damaged : {0x00, 0x01, 0x7f, 0x80, 0xff, kept ^ 0x01, kept ^ 0x08, kept ^ 0x40}) {
            memory[i] = static_cast<unsigned char>(damaged);
            for (const char* name : {"accept", "socket", "listen", "absent"}) {
                const auto found = library.find(name);
                EXPECT_TRUE(!found || library.object().holds(found->address)) << "byte " << i;
            }
        }
        memory[i] = kept;
    }
    EXPECT_TRUE(library.find("socket"));
}

TEST(LoadedObject, AChainThatRunsInACircleEnds)
{
    Library library(Hash::system_v, {{.name = "accept"}, {.name = "listen"}});
    const std::uint32_t circle[] = {2, 1};
    // Behind the functions: the two numbers of the header, one bucket, and the chain, whose first entry nobody uses.
    std::memcpy(library.memory() + 64 + 4 * sizeof(std::uint32_t), circle, sizeof circle);
    EXPECT_TRUE(library.find("listen"));
    EXPECT_FALSE(library.find("socket"));
}

TEST(LoadedObject, HoldsWhatIsInItsSegments)
{
    Library library(Hash::gnu, {});
    EXPECT_TRUE(library.object().holds(library.base()));
    EXPECT_TRUE(library.object().holds(library.base() + library.size() - 1));
    EXPECT_FALSE(library.object().holds(library.base() + library.size()));
    EXPECT_FALSE(library.object().holds(library.base() - 1));
    EXPECT_FALSE(library.object().holds(0));
}

TEST(LoadedObject, WithoutTablesHasNoFunctions)
{
    EXPECT_FALSE(LoadedObject(0, {}).function("socket"));
    ElfW(Phdr) astray{};
    astray.p_type = PT_DYNAMIC;
    astray.p_vaddr = 8;
    EXPECT_FALSE(LoadedObject(0, {&astray, 1}).function("socket"));
}

}  // namespace
}  // namespace kashim::platform
