// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/shell_words.h"

#include <fmt/format.h>

#include <algorithm>

namespace kashim::cli {
namespace {

bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_@%+=:,./-").find(c) != std::string_view::npos;
}

bool is_control(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
}

std::string escaped(char c)
{
    switch (c) {
    case '\n':
        return "\\n";
    case '\t':
        return "\\t";
    case '\'':
        return "\\'";
    case '\\':
        return "\\\\";
    default:
        // Always three digits: what stands behind may be one.
        return is_control(c) ? fmt::format("\\{:03o}", static_cast<unsigned char>(c)) : std::string(1, c);
    }
}

}  // namespace

std::string shell_word(std::string_view word)
{
    if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain))
        return std::string(word);
    const bool obeyed = std::any_of(word.begin(), word.end(), is_control);
    std::string text = obeyed ? "$'" : "'";
    for (const char c : word) {
        if (obeyed)
            text += escaped(c);
        else
            text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return text + "'";
}

}  // namespace kashim::cli
