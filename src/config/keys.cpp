// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/keys.h"

#include "config/suggest.h"
#include "config/words.h"

#include <vector>

namespace kashim::config {
namespace {

std::vector<std::string_view> names(Where where)
{
    std::vector<std::string_view> names;
    for (const Row& row : schema()) {
        if (row.allowed_in(where))
            names.push_back(row.name);
    }
    return names;
}

}  // namespace

std::string_view nearest_key(std::string_view key, Where where)
{
    return nearest(key, names(where)).value_or(std::string_view{});
}

const Row* known_key(std::string_view key, Place place, Where where, Findings& findings)
{
    const Row* const row = find_row(key);
    if (row && row->allowed_in(where))
        return row;
    if (row) {
        findings.error(place, {in_quotes(key), " cannot stand in ", to_text(where),
                               "; it says which connections a [[rule]] is for"});
        return nullptr;
    }
    const std::string_view near = nearest_key(key, where);
    const std::string advice = near.empty() ? join({"; expected ", alternatives(names(where))})
                                            : join({"; did you mean ", in_quotes(near), "?"});
    findings.error(place, {"unknown key ", in_quotes(key), " in ", to_text(where), advice});
    return nullptr;
}

}  // namespace kashim::config
