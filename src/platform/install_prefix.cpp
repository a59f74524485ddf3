// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/install_prefix.h"

namespace kashim::platform {
namespace {

// Splits "a/b" at the last slash; false where there is none.
bool split_last(std::string_view path, std::string_view& folder, std::string_view& name)
{
    const auto slash = path.rfind('/');
    if (slash == std::string_view::npos)
        return false;
    folder = path.substr(0, slash);
    name = path.substr(slash + 1);
    return true;
}

bool is_library_folder(std::string_view name)
{
    return name == "lib" || name == "lib32" || name == "lib64";
}

// x86_64-linux-gnu and its like, as in Debian's multiarch (https://wiki.debian.org/Multiarch/Tuples).
bool is_architecture(std::string_view name)
{
    return name.find("-linux-") != std::string_view::npos;
}

}  // namespace

InstallPrefix install_prefix(std::string_view file)
{
    // A relative path says nothing: whoever chooses the working folder would choose the configuration.
    if (!file.starts_with('/'))
        return {};
    std::string_view folder;
    std::string_view name;
    if (!split_last(file, folder, name) || !split_last(folder, folder, name))
        return {};
    if (is_architecture(name) && !split_last(folder, folder, name))
        return {};
    if (!is_library_folder(name) && name != "bin")
        return {};
    return {folder, true};
}

std::string sysconfdir_of(std::string_view file)
{
    const InstallPrefix found = install_prefix(file);
    if (!found.known)
        return {};
    constexpr std::string_view kFolder = "/etc";
    if (found.prefix.empty() || found.prefix == "/usr")
        return std::string(kFolder);
    std::string path;
    path.reserve(found.prefix.size() + kFolder.size());
    path.append(found.prefix).append(kFolder);
    return path;
}

}  // namespace kashim::platform
