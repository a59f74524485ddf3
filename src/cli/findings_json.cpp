// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/findings_json.h"

namespace kashim::cli {

using nlohmann::ordered_json;

ordered_json findings_json(const std::vector<TextFindings>& all)
{
    ordered_json list = ordered_json::array();
    for (const TextFindings& about : all) {
        for (const config::Finding& finding : about.findings) {
            const bool placed = finding.line != 0;
            list.push_back({{"file", about.name},
                            {"line", placed ? ordered_json(finding.line) : ordered_json(nullptr)},
                            {"column", placed ? ordered_json(finding.column) : ordered_json(nullptr)},
                            {"severity", finding.severity == config::Severity::error ? "error" : "warning"},
                            {"message", finding.text}});
        }
    }
    return list;
}

}  // namespace kashim::cli
