// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/diagnostics.h"

#include "config/words.h"

#include <algorithm>
#include <tuple>

namespace kashim::config {

Place place_of(std::string_view text, std::size_t offset)
{
    if (text.starts_with(kByteOrderMark)) {
        text.remove_prefix(kByteOrderMark.size());
        offset -= std::min(offset, kByteOrderMark.size());
    }
    Place place{1, 1};
    for (const char byte : text.substr(0, offset)) {
        if (byte == '\n')
            place = {place.line + 1, 1};
        else if (begins_code_point(byte))  // only the first byte of a code point counts
            ++place.column;
    }
    return place;
}

std::string to_text(std::string_view file, const Finding& finding)
{
    const std::string_view kind = finding.severity == Severity::error ? ": error: " : ": warning: ";
    if (finding.line == 0)
        return join({file, kind, finding.text});
    return join({file, ":", std::to_string(finding.line), ":", std::to_string(finding.column), kind, finding.text});
}

void Findings::add(Severity severity, Place place, std::initializer_list<std::string_view> text)
{
    list_.push_back({severity, place.line, place.column, join(text)});
}

std::vector<Finding> Findings::sorted() &&
{
    std::sort(list_.begin(), list_.end(), [](const Finding& a, const Finding& b) {
        return std::tie(a.line, a.column, a.severity, a.text) < std::tie(b.line, b.column, b.severity, b.text);
    });
    return std::move(list_);
}

}  // namespace kashim::config
