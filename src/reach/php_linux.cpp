// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/php.h"

#include "policy/program.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace kashim::reach {
namespace {

// Measured: sockets calls the C library itself, curl through libcurl. The others connect through the library they are
// named after.
constexpr std::array<std::string_view, 20> kConnecting = {
    "amqp", "curl",     "gearman",   "grpc",  "http",    "imap", "interbase", "ldap",   "memcached", "mongodb",
    "odbc", "pdo_odbc", "pdo_pgsql", "pgsql", "rdkafka", "snmp", "sockets",   "swoole", "sybase",    "zmq",
};
constexpr std::size_t kNumberSize = 8;
constexpr int kLastDeep = 20240924;  // ZEND_MODULE_API_NO of PHP 8.4

// The number at the end of .../20220829 and .../no-debug-non-zts-20220829; 0 where there is none.
int interface_number(std::string_view folder)
{
    if (folder.size() < kNumberSize)
        return 0;
    const std::string_view digits = folder.substr(folder.size() - kNumberSize);
    int number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    const bool whole = error == std::errc() && end == digits.data() + digits.size();
    return whole && digits.starts_with("20") ? number : 0;
}

}  // namespace

std::string php_extension_folder(std::string_view binary)
{
    constexpr std::string_view kPart = "php";
    constexpr std::size_t kLongest = 256;
    for (auto at = binary.find(kPart); at != std::string_view::npos; at = binary.find(kPart, at + kPart.size())) {
        const auto end = binary.find('\0', at);
        const auto before = binary.rfind('\0', at);
        const auto start = before == std::string_view::npos ? 0 : before + 1;
        if (end == std::string_view::npos || end - start > kLongest)
            continue;
        const std::string_view text = binary.substr(start, end - start);
        if (text.starts_with('/') && interface_number(text) != 0)
            return std::string(text);
    }
    return {};
}

bool binds_deep(std::string_view extension_folder)
{
    const int number = interface_number(extension_folder);
    return number != 0 && number <= kLastDeep;
}

std::vector<std::string> escaping_extensions(const std::string& folder, const host::Root& root)
{
    std::vector<std::string> names;
    for (const std::string_view name : kConnecting) {
        if (root.find(folder + "/" + std::string(name) + ".so"))
            names.emplace_back(name);
    }
    return names;
}

std::vector<std::string> escaping_extensions(const std::vector<std::string>& mapped)
{
    std::vector<std::string> names;
    for (const std::string_view path : mapped) {
        const std::string_view file = policy::file_name(path);
        if (!file.ends_with(".so") || file.size() == path.size())
            continue;
        const std::string_view name = file.substr(0, file.size() - 3);
        const bool known = std::find(kConnecting.begin(), kConnecting.end(), name) != kConnecting.end();
        if (known && binds_deep(path.substr(0, path.size() - file.size() - 1)))
            names.emplace_back(name);
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

}  // namespace kashim::reach
