// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "text/style.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

namespace kashim::text {
namespace {

bool is_set(const char* variable)
{
    const char* const value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

}  // namespace

Style::Style(int fd)
    : coloured_(!is_set("NO_COLOR") && is_set("TERM") && std::getenv("TERM") != std::string_view("dumb") &&
                ::isatty(fd) == 1)
{
}

std::string Style::in(std::string_view code, std::string_view text) const
{
    return coloured_ ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string(text);
}

}  // namespace kashim::text
