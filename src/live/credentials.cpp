// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "live/credentials.h"

#include "platform/file.h"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <string_view>

namespace kashim::live {
namespace {

std::string folder_of(const std::string& pid)
{
    return "/proc/" + pid;
}

template <typename Number>
Number number_at(std::string_view text, int base)
{
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    Number number{};
    std::from_chars(text.data(), text.data() + text.size(), number, base);
    return number;
}

std::string_view line_of(std::string_view status, std::string_view key)
{
    const auto start = status.find(key);
    if (start == std::string_view::npos)
        return {};
    const std::string_view rest = status.substr(start + key.size());
    return rest.substr(0, rest.find('\n'));
}

std::array<unsigned, 3> three_numbers(std::string_view line)
{
    std::array<unsigned, 3> numbers{};
    for (unsigned& number : numbers) {
        line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        number = number_at<unsigned>(line, 10);
        line.remove_prefix(std::min(line.find_first_of(" \t"), line.size()));
    }
    return numbers;
}

// User namespaces are files like others; this one has a number of its own (PROC_USER_INIT_INO in include/linux/proc_ns.h).
constexpr ino_t kFirstUserNamespace = 0xEFFFFFFD;

std::optional<struct stat> status_of(const std::string& path)
{
    struct stat status {};
    return stat(path.c_str(), &status) == 0 ? std::optional(status) : std::nullopt;
}

}  // namespace

std::optional<Credentials> credentials_of(const std::string& pid)
{
    std::array<char, 8192> memory;
    const std::string_view status = platform::read_start((folder_of(pid) + "/status").c_str(), memory);
    if (status.empty())
        return std::nullopt;
    return Credentials{three_numbers(line_of(status, "\nUid:")), three_numbers(line_of(status, "\nGid:")),
                       number_at<std::uint64_t>(line_of(status, "\nCapPrm:"), 16),
                       number_at<std::uint64_t>(line_of(status, "\nCapEff:"), 16)};
}

std::optional<unsigned> owner_of_descriptors(const std::string& pid)
{
    const auto status = status_of(folder_of(pid) + "/fd");
    return status ? std::optional(status->st_uid) : std::nullopt;
}

bool in_another_user_namespace(const std::string& pid)
{
    const auto ours = status_of("/proc/self/ns/user");
    if (!ours)
        return false;
    const auto its = status_of(folder_of(pid) + "/ns/user");
    return its ? ours->st_dev != its->st_dev || ours->st_ino != its->st_ino : ours->st_ino != kFirstUserNamespace;
}

}  // namespace kashim::live
