// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/check/findings_json.h"

namespace kashim::cli {

Json findings_json(const std::vector<text::TextFindings>& all)
{
    Json list = Json::array();
    for (const text::TextFindings& about : all) {
        for (const config::Finding& finding : about.findings) {
            const bool placed = finding.line != 0;
            list.push_back({{"file", about.name},
                            {"line", placed ? Json(finding.line) : Json(nullptr)},
                            {"column", placed ? Json(finding.column) : Json(nullptr)},
                            {"severity", finding.severity == config::Severity::error ? "error" : "warning"},
                            {"message", finding.text}});
        }
    }
    return list;
}

}  // namespace kashim::cli
