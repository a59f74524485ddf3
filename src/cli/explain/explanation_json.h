// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "cli/explain/explanation_text.h"
#include "cli/json.h"

#include <vector>

namespace kashim::cli {

/// What explain says in words, for machines. Times are seconds, user_timeout is milliseconds (0 is off):
///
///   {"disabled": false, "system": "linux",
///    "program": {"executable": "/usr/bin/x", "executed": ..., "name": ..., "script": "", "command": ...,
///                "assumed": ["..."], "unreached": null},
///    "configuration": {"file": null, "options": "", "rules": 3, "rules_for_program": 2},
///    "connection": {"direction": "outbound", "host": "db", "port": 5432},
///    "answers": [ANSWER, ...]}
///
///   ANSWER: {"peers": ["192.0.2.7"], "decides": RECORD, "depends_on_peer": false,
///            "rules": [RECORD + {"matches": true, "asked": true, "failing": ["port"], "awaits_peer": false}, ...],
///            "values": see values_json(), "options": {"TCP_KEEPIDLE": 60, ...},
///            "set_before": {"socket": RECORD or null, "listen": RECORD or null},
///            "timeline": {"probes": 5, "first_probe": 60, "interval": 30, "death": 210, "user_timeout_decides": false,
///                         "in_flight_ms": null, "connect_ms": null},
///            "middleboxes": [{"name": "...", "silence": 240, "forgets": false}, ...]}
///   RECORD: {"record": "rule" or "defaults", "name": null, "line": 4}
///
/// "asked" is false of the rules behind the one that decides. Where nothing is set (leave) there are no options; where
/// nothing is probed, first_probe, interval and death are null.
Json explain_json(const Explained& explained, const std::vector<Answer>& all);

}  // namespace kashim::cli
