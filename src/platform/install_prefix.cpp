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

// Takes "/directory" off the end of the folder; false where it does not end so.
bool remove_end(std::string_view& folder, std::string_view directory)
{
    if (directory.empty() || !folder.ends_with(directory))
        return false;
    const std::string_view prefix = folder.substr(0, folder.size() - directory.size());
    if (!prefix.ends_with('/'))
        return false;
    folder = prefix.substr(0, prefix.size() - 1);
    return true;
}

}  // namespace

InstallDirectories install_directories()
{
    constexpr std::string_view kRelative = KASHIM_RELATIVE_SYSCONFDIR;
    return {KASHIM_BINDIR, KASHIM_LIBDIR, kRelative.empty() ? std::string_view(KASHIM_SYSCONFDIR) : kRelative};
}

InstallPrefix install_prefix(std::string_view file, const InstallDirectories& directories)
{
    // A relative path says nothing: whoever chooses the working folder would choose the configuration.
    if (!file.starts_with('/'))
        return {};
    std::string_view folder;
    std::string_view name;
    if (!split_last(file, folder, name))
        return {};
    if (remove_end(folder, directories.bin) || remove_end(folder, directories.lib))
        return {folder, true};
    if (!split_last(folder, folder, name))
        return {};
    if (is_architecture(name) && !split_last(folder, folder, name))
        return {};
    if (!is_library_folder(name) && name != "bin")
        return {};
    return {folder, true};
}

std::string sysconfdir_of(std::string_view file, const InstallDirectories& directories)
{
    if (directories.etc.starts_with('/'))
        return std::string(directories.etc);
    const InstallPrefix found = install_prefix(file, directories);
    if (!found.known)
        return {};
    const std::string_view prefix = found.prefix == "/usr" ? std::string_view{} : found.prefix;
    std::string path;
    path.reserve(prefix.size() + 1 + directories.etc.size());
    path.append(prefix).append("/").append(directories.etc);
    return path;
}

}  // namespace kashim::platform
