// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/preload.h"

#include "platform/install_prefix.h"

namespace kashim::platform {
namespace {

constexpr std::string_view kSeparators = " :";  // of glibc (do_preload in elf/rtld.c)

std::string_view folder_of(std::string_view path)
{
    return path.substr(0, path.rfind('/'));
}

std::string_view file_name(std::string_view path)
{
    return path.substr(path.rfind('/') + 1);
}

std::string path_of(std::string_view folder)
{
    std::string path(folder);
    path += '/';
    path += kLibraryName;
    return path;
}

}  // namespace

std::vector<LibraryPlace> library_places(std::string_view command, std::string_view loader_folder)
{
    if (!command.starts_with('/'))
        return {};
    std::vector<LibraryPlace> places;
    if (const InstallPrefix found = install_prefix(command); found.known) {
        const bool loader_looks_there = found.prefix.empty() || found.prefix == "/usr";
        std::string folder(found.prefix);
        folder += '/';
        folder += loader_looks_there ? loader_folder : std::string_view("lib");
        const std::string file = path_of(folder);
        places.push_back({file, loader_looks_there ? std::string(kLibraryName) : file});
    }
    const std::string beside = path_of(folder_of(command));
    places.push_back({beside, beside});
    return places;
}

bool splits_in_preload(std::string_view name)
{
    return name.find_first_of(kSeparators) != std::string_view::npos;
}

std::string preload_with(std::string_view value, std::string_view name)
{
    std::string others;
    bool there = false;
    const auto append = [&others](std::string_view item) {
        if (!others.empty())
            others += ':';
        others += item;
    };
    while (!value.empty()) {
        const auto end = value.find_first_of(kSeparators);
        const std::string_view item = value.substr(0, end);
        value.remove_prefix(end == std::string_view::npos ? value.size() : end + 1);
        const bool ours = file_name(item) == kLibraryName;
        if (!item.empty() && !(ours && there))
            append(ours ? name : item);
        there = there || ours;
    }
    if (there)
        return others;
    std::string all(name);
    if (!others.empty())
        all += ":" + others;
    return all;
}

}  // namespace kashim::platform
