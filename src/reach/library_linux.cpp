// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/library.h"

#include "policy/program.h"

#include <elf.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>

namespace kashim::reach {
namespace {

// The folders that loaders may have, as $LIB names them: Debian's multiarch tuple
// (https://wiki.debian.org/Multiarch/Tuples), then those of systems with one folder for each word size.
std::vector<std::string> usual_folders(const ElfImage& program)
{
    struct Row {
        unsigned machine;
        unsigned bits;
        std::string_view tuple;
    };
    constexpr std::array kTuples = {
        Row{EM_X86_64, 64, "x86_64-linux-gnu"},   Row{EM_386, 32, "i386-linux-gnu"},
        Row{EM_AARCH64, 64, "aarch64-linux-gnu"}, Row{EM_ARM, 32, "arm-linux-gnueabihf"},
        Row{EM_RISCV, 64, "riscv64-linux-gnu"},   Row{EM_PPC64, 64, "powerpc64le-linux-gnu"},
        Row{EM_S390, 64, "s390x-linux-gnu"},
    };
    std::vector<std::string> folders;
    const auto row = std::find_if(kTuples.begin(), kTuples.end(), [&program](const Row& r) {
        return r.machine == program.machine && r.bits == program.bits;
    });
    if (row != kTuples.end())
        folders.push_back("lib/" + std::string(row->tuple));
    folders.emplace_back(program.bits == 64 ? "lib64" : "lib32");
    folders.emplace_back("lib");
    return folders;
}

// Those that the program's own loader has, $LIB first: its list is a text in it (system_dirs in elf/dl-load.c of glibc).
// Debian's 32-bit loader for 64-bit systems (libc6-i386) has others than that of Debian for i386.
std::vector<std::string> loader_folders(const ElfImage& program, const host::Root& root)
{
    constexpr std::size_t kLargestLoader = std::size_t{8} << 20;
    std::vector<std::string> folders = usual_folders(program);
    const std::string loader = root.find(program.interpreter).start(kLargestLoader);
    if (!loader.empty())
        std::erase_if(folders, [&loader](const std::string& folder) {
            return loader.find("/" + folder + std::string("/\0", 2)) == std::string::npos;
        });
    return folders;
}

// Every path in the loader's cache whose last part is the name. The cache is a table of offsets into a heap of texts
// (sysdeps/generic/dl-cache.h in glibc); the texts are all that is needed here.
std::vector<std::string> cached(std::string_view name, const host::Root& root)
{
    constexpr std::size_t kLargestCache = std::size_t{16} << 20;
    const std::string cache = root.find("/etc/ld.so.cache").start(kLargestCache);
    const std::string wanted = "/" + std::string(name) + '\0';
    std::vector<std::string> paths;
    for (auto at = cache.find(wanted); at != std::string::npos; at = cache.find(wanted, at + 1)) {
        const auto before = cache.rfind('\0', at);
        const auto start = before == std::string::npos ? 0 : before + 1;
        paths.push_back(cache.substr(start, at - start + wanted.size() - 1));
    }
    return paths;
}

// Where musl's loader looks: in the folders that a file of its own names, else in three (ldso/dynlink.c, sys_path).
std::vector<std::string> musl_folders(const ElfImage& program, const host::Root& root)
{
    constexpr std::size_t kLargestList = 65536;
    const std::string_view loader = policy::file_name(program.interpreter);
    host::FileEntry file = root.find("/etc/" + std::string(loader.substr(0, loader.find(".so"))) + ".path");
    const std::string list = file ? file.start(kLargestList) : std::string("/lib:/usr/local/lib:/usr/lib");
    std::vector<std::string> folders;
    for (std::size_t at = 0; at < list.size();) {
        const std::size_t end = std::min(list.find_first_of(":\n", at), list.size());
        if (end != at)
            folders.push_back(list.substr(at, end - at));
        at = end + 1;
    }
    return folders;
}

std::string replaced(std::string text, std::string_view what, std::string_view by)
{
    if (const auto at = text.find(what); at != std::string::npos)
        text.replace(at, what.size(), by);
    return text;
}

LibraryFile::State state_of(int error)
{
    switch (error) {
    case EACCES:
        return LibraryFile::State::unreadable;
    case ENOENT:
    case ENOTDIR:
        return LibraryFile::State::missing;
    default:
        return LibraryFile::State::unknown;
    }
}

LibraryFile look_at(const std::string& path, const ElfImage& program, const host::Root& root)
{
    using State = LibraryFile::State;
    host::FileEntry file = root.find(path);
    if (!file)
        return {state_of(file.error()), path, {}, file.error()};
    const std::optional<ElfImage> image = read_elf(file.reader());
    if (file.error() != 0)
        return {state_of(file.error()), path, {}, file.error()};
    if (!image)
        return {State::no_library, path};
    if (!image->fits(program))
        return {State::other_kind, path, *image};
    return {file.on_noexec() ? State::noexec : State::fits, path, *image};
}

}  // namespace

std::vector<std::string> paths_of(const std::string& entry, const ElfImage& program, const host::Root& root)
{
    std::vector<std::string> paths;
    if (entry.find('/') == std::string::npos && program.libc() == Libc::musl) {
        for (const std::string& folder : musl_folders(program, root))
            paths.push_back(folder + "/" + entry);
        return paths;
    }
    if (entry.find('/') == std::string::npos) {
        paths = cached(entry, root);
        for (const std::string& folder : loader_folders(program, root)) {
            for (const char* top : {"/", "/usr/"})
                paths.push_back(top + folder + "/" + entry);
        }
        return paths;
    }
    for (const std::string_view name : {"$LIB", "${LIB}"}) {
        if (entry.find(name) == std::string::npos)
            continue;
        for (const std::string& folder : loader_folders(program, root))
            paths.push_back(replaced(entry, name, folder));
    }
    if (paths.empty())
        paths.push_back(entry);
    return paths;
}

LibraryFile find_library(const std::string& entry, const ElfImage& program, const host::Root& root,
                         const std::optional<host::User>& user)
{
    std::optional<host::AsUser> as_user;
    if (user)
        as_user.emplace(*user);
    std::optional<LibraryFile> first;
    std::optional<LibraryFile> found;
    for (const std::string& path : paths_of(entry, program, root)) {
        const LibraryFile file = look_at(path, program, root);
        if (file.state == LibraryFile::State::fits)
            return file;
        if (!first)
            first = file;
        if (!found && file.state != LibraryFile::State::missing)
            found = file;
    }
    return found ? *found : first.value_or(LibraryFile{});
}

bool is_found_by_name(const std::string& library, const ElfImage& program)
{
    const host::Root root;
    const std::optional<ElfImage> image = read_elf(root.find(library).reader());
    if (!image)
        return false;
    // Without a loader of its own to ask, as the library is, every folder would count that some system has.
    const bool loads_it = !program.interpreter.empty() && program.fits(*image);
    const ElfImage loading = loads_it ? program : read_elf(root.find("/proc/self/exe").reader()).value_or(ElfImage{});
    if (loading.interpreter.empty())
        return false;
    const LibraryFile found = find_library(std::string(policy::file_name(library)), loading, root, std::nullopt);
    std::error_code none;
    return found.state == LibraryFile::State::fits && std::filesystem::equivalent(found.path, library, none);
}

}  // namespace kashim::reach
