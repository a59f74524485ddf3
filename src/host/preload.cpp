// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "host/preload.h"

#include <algorithm>

namespace kashim::host {
namespace {

std::string_view folder_of(std::string_view path)
{
    return path.substr(0, path.rfind('/'));
}

std::string_view file_name(std::string_view path)
{
    return path.substr(path.rfind('/') + 1);
}

std::string path_of(std::string_view folder, const PreloadWay& way)
{
    std::string path(folder);
    path += '/';
    path += way.library;
    return path;
}

}  // namespace

std::vector<std::string> library_places(std::string_view command, std::string_view loader_folder, const PreloadWay& way,
                                        const platform::InstallDirectories& directories)
{
    if (!command.starts_with('/'))
        return {};
    std::vector<std::string> places;
    const platform::InstallPrefix found = platform::install_prefix(command, directories);
    if (found.known) {
        const bool loader_looks_there = way.bare_names && (found.prefix.empty() || found.prefix == "/usr");
        const std::string_view directory = loader_looks_there ? loader_folder : directories.lib;
        std::string folder;
        if (!directory.starts_with('/'))
            folder.append(found.prefix).append("/");
        places.push_back(path_of(folder.append(directory), way));
    }
    places.push_back(path_of(folder_of(command), way));
    if (!found.known && directories.lib.starts_with('/'))
        places.push_back(path_of(directories.lib, way));
    return places;
}

std::vector<std::string> library_places_of_all(std::string_view command, std::string_view loader_folders,
                                               const platform::InstallDirectories& directories)
{
    if (loader_folders.find(':') == std::string_view::npos)
        return library_places(command, loader_folders, kPreload, directories);
    std::vector<std::string> all;
    std::vector<std::string> places;
    while (!loader_folders.empty()) {
        const auto end = std::min(loader_folders.find(':'), loader_folders.size());
        places = library_places(command, loader_folders.substr(0, end), kPreload, directories);
        loader_folders.remove_prefix(std::min(end + 1, loader_folders.size()));
        if (places.size() > 1 && (all.empty() || all.back() != places.front()))
            all.push_back(places.front());
    }
    if (!places.empty())
        all.push_back(places.back());  // beside the command, whatever the folder
    return all;
}

bool splits_in_preload(std::string_view name, const PreloadWay& way)
{
    return name.find_first_of(way.separators) != std::string_view::npos;
}

std::vector<std::string> library_entries(std::string_view list, const PreloadWay& way)
{
    std::vector<std::string> entries;
    while (!list.empty()) {
        const auto end = list.find_first_of(way.file_separators);
        const std::string_view entry = list.substr(0, end);
        list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
        if (file_name(entry) == way.library)
            entries.emplace_back(entry);
    }
    return entries;
}

std::string preload_with(std::string_view value, std::string_view name, const PreloadWay& way)
{
    std::string others;
    bool there = false;
    const auto append = [&others](std::string_view item) {
        if (!others.empty())
            others += ':';
        others += item;
    };
    while (!value.empty()) {
        const auto end = value.find_first_of(way.separators);
        const std::string_view item = value.substr(0, end);
        value.remove_prefix(end == std::string_view::npos ? value.size() : end + 1);
        const bool ours = file_name(item) == way.library;
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

}  // namespace kashim::host
