// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "cli/json.h"
#include "cli/show/listing.h"
#include "cli/show/view.h"
#include "loaded/effective.h"

#include <string>
#include <vector>

namespace kashim::cli {

/// The sockets as a table.
Listing table_of(const View& view, const loaded::Effective& effective);

/// What must be said beside the table: what could not be seen and what helps, and what no keepalive can cure. Whole
/// sentences, one a line.
std::vector<std::string> remarks_on(const View& view);

/// The same as one document.
Json json_of(const View& view, const loaded::Effective& effective);

}  // namespace kashim::cli
