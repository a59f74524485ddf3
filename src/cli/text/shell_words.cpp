// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/text/shell_words.h"

#include "text/cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace kashim::cli {
namespace {

bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_@%+=:,./-").find(c) != std::string_view::npos;
}

// One that a terminal would not show as itself: a control character, one that changes the direction, no UTF-8 ...
bool is_hidden(std::string_view character)
{
    return text::first_cell(character).shown != character;
}

std::string escaped(std::string_view character)
{
    if (character == "\n")
        return "\\n";
    if (character == "\t")
        return "\\t";
    if (character == "'" || character == "\\")
        return "\\" + std::string(character);
    if (!is_hidden(character))
        return std::string(character);
    // Always three digits: what stands behind may be one.
    std::string text;
    for (const char byte : character)
        text += fmt::format("\\{:03o}", static_cast<unsigned char>(byte));
    return text;
}

// The characters of a text, a byte that is not UTF-8 as one of its own.
std::vector<std::string_view> characters(std::string_view text)
{
    std::vector<std::string_view> result;
    while (!text.empty()) {
        result.push_back(text.substr(0, text::first_cell(text).bytes));
        text.remove_prefix(result.back().size());
    }
    return result;
}

}  // namespace

std::string shell_word(std::string_view word)
{
    if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain))
        return std::string(word);
    const std::vector<std::string_view> all = characters(word);
    const bool hides = std::any_of(all.begin(), all.end(), is_hidden);
    std::string text = hides ? "$'" : "'";
    for (const std::string_view character : all)
        text += hides ? escaped(character) : character == "'" ? std::string("'\\''") : std::string(character);
    return text + "'";
}

}  // namespace kashim::cli
