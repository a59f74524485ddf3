// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/verdict.h"

#include <algorithm>

namespace kashim::reach {

std::string_view to_text(Answer answer)
{
    switch (answer) {
    case Answer::reached:
        return "reached";
    case Answer::reached_with_remarks:
        return "reached, with remarks";
    case Answer::not_reached:
        return "not reached by a preload";
    case Answer::unknown:
        break;
    }
    return "unknown";
}

Answer Verdict::answer() const
{
    switch (findings.empty() ? Weight::note : findings.front().weight) {
    case Weight::obstacle:
        return Answer::not_reached;
    case Weight::doubt:
        return Answer::unknown;
    case Weight::remark:
        return Answer::reached_with_remarks;
    case Weight::note:
        break;
    }
    return Answer::reached;
}

bool Verdict::has(std::string_view code) const
{
    return std::any_of(findings.begin(), findings.end(), [code](const Finding& f) { return f.code == code; });
}

void Verdict::add(Finding finding)
{
    const auto behind = std::find_if(findings.begin(), findings.end(),
                                     [&finding](const Finding& other) { return other.weight > finding.weight; });
    findings.insert(behind, std::move(finding));
}

}  // namespace kashim::reach
