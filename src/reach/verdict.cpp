// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/verdict.h"

#include <algorithm>

namespace kashim::reach {

std::string_view to_text(Reached answer)
{
    switch (answer) {
    case Reached::reached:
        return "reached";
    case Reached::reached_with_remarks:
        return "reached, with remarks";
    case Reached::not_reached:
        return "not reached by a preload";
    case Reached::unknown:
        break;
    }
    return "unknown";
}

Reached Verdict::answer() const
{
    switch (findings.empty() ? Weight::note : findings.front().weight) {
    case Weight::obstacle:
        return Reached::not_reached;
    case Weight::doubt:
        return Reached::unknown;
    case Weight::remark:
        return Reached::reached_with_remarks;
    case Weight::note:
        break;
    }
    return Reached::reached;
}

bool Verdict::has(std::string_view code) const
{
    return std::any_of(findings.begin(), findings.end(), [code](const Diagnosis& f) { return f.code == code; });
}

void Verdict::add(Diagnosis finding)
{
    const auto behind = std::find_if(findings.begin(), findings.end(),
                                     [&finding](const Diagnosis& other) { return other.weight > finding.weight; });
    findings.insert(behind, std::move(finding));
}

}  // namespace kashim::reach
