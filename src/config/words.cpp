// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/words.h"

namespace kashim::config {

std::string printable(std::string_view text, std::size_t limit)
{
    std::string_view ending;
    if (text.size() > limit) {
        std::size_t end = limit;
        while (end > 0 && !begins_code_point(text[end]))
            --end;
        text = text.substr(0, end);
        ending = "...";
    }
    std::string result;
    for (const char byte : text) {
        const bool control = static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f;
        result += control ? '?' : byte;
    }
    return result.append(ending);
}

std::string in_quotes(std::string_view text)
{
    return join({"\"", printable(text), "\""});
}

std::string alternatives(std::span<const std::string_view> items)
{
    std::string text;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (i > 0)
            text += i + 1 == items.size() ? " or " : ", ";
        text += items[i];
    }
    return text;
}

std::string seconds_text(std::int64_t seconds)
{
    return join({std::to_string(seconds), " s"});
}

std::string milliseconds_text(std::int64_t milliseconds)
{
    return milliseconds % 1000 == 0 ? seconds_text(milliseconds / 1000) : join({std::to_string(milliseconds), " ms"});
}

}  // namespace kashim::config
