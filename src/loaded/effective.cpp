// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "loaded/effective.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>

namespace kashim::loaded {
namespace {

std::string_view key_of(std::string_view word)
{
    return word.substr(0, word.find('='));
}

}  // namespace

std::string options_with(std::string_view variable, const std::vector<std::string>& set)
{
    std::string text;
    const auto append = [&text](std::string_view word) {
        if (!text.empty())
            text += ' ';
        text += word;
    };
    std::istringstream words{std::string(variable)};
    for (std::string word; words >> word;) {
        const bool given_anew = std::any_of(set.begin(), set.end(),
                                            [&word](const std::string& item) { return key_of(item) == key_of(word); });
        if (!given_anew)
            append(word);
    }
    for (const std::string& item : set)
        append(item);
    return text;
}

Effective effective(const ConfigurationRequest& request, config::Warnings warnings)
{
    return effective_with(request.config.empty() ? find_configuration() : read_configuration(request.config),
                          std::getenv("KASHIM_OPTIONS"), request, warnings);
}

Effective effective_with(Configuration file, const char* variable, const ConfigurationRequest& request,
                         config::Warnings warnings)
{
    Effective effective;
    effective.file = std::move(file);
    effective.options_text = variable != nullptr ? variable : "";
    if (!request.set.empty())
        effective.options_text = options_with(effective.options_text, request.set);
    // The variable is one line: so findings name its places, and so its text is shown.
    std::replace_if(
        effective.options_text.begin(), effective.options_text.end(), [](char c) { return c == '\n' || c == '\r'; },
        ' ');
    effective.set_begins = effective.options_text.size() - options_with({}, request.set).size();
    effective.options = config::parse_options(effective.options_text);
    if (effective.unreadable())
        return effective;
    if (effective.file.located.kind == config::Located::Kind::file)
        effective.parsed = config::parse(effective.file.located.text, warnings);
    if (effective.parsed.good() && effective.options.good())
        effective.table = policy::build_table(effective.parsed.rules);
    return effective;
}

}  // namespace kashim::loaded
