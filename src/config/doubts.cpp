// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/doubts.h"

namespace kashim::config {
namespace {

bool has(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

bool has_any_of(std::string_view text, std::string_view characters)
{
    return text.find_first_of(characters) != std::string_view::npos;
}

// A class that is never closed: policy::glob_matches() takes its [ for itself.
bool has_open_class(std::string_view pattern)
{
    // A ] straight behind the [ belongs to the class.
    const auto open = pattern.rfind('[');
    return open != std::string_view::npos && pattern.find(']', open + 2) == std::string_view::npos;
}

std::string_view doubt_about_any(std::string_view pattern)
{
    if (pattern.front() == ' ' || pattern.back() == ' ')
        return "begins or ends with a blank, which must match too";
    if (has_open_class(pattern))
        return "has a [ that is never closed, so it stands for itself";
    return {};
}

}  // namespace

std::string_view doubt_about_program(std::string_view pattern)
{
    if (const auto doubt = doubt_about_any(pattern); !doubt.empty())
        return doubt;
    if (pattern.front() == '~' || has_any_of(pattern, "$"))
        return "is taken as it stands: ~ and $ mean nothing here; write the whole path";
    if (has_any_of(pattern, "|^"))
        return "is no regular expression: * is any run of characters, and several programs make a list";
    if (has_any_of(pattern, ","))
        return "is one pattern: several programs make a list, [\"a\", \"b\"]";
    if (has(pattern, " -"))
        return "names a program without its arguments; those belong to the key command";
    if (!has_any_of(pattern, "/"))
        return {};
    if (pattern.back() == '/')
        return "ends in a slash, which no program does; add * for all in that folder";
    if (!has_any_of(pattern.substr(0, 1), "/*?["))
        return "is a path that does not begin with a slash; the whole path is compared";
    if (has(pattern, "//") || has(pattern, "/./") || has(pattern, "/../"))
        return "is compared as it stands; write the path without //, . and ..";
    return {};
}

std::string_view doubt_about_command(std::string_view pattern)
{
    if (const auto doubt = doubt_about_any(pattern); !doubt.empty())
        return doubt;
    if (!has_any_of(pattern, "*?["))
        return "must match the whole command line; put * around it to match a part";
    return {};
}

}  // namespace kashim::config
