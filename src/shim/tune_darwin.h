// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "shim/tune.h"

namespace kashim::shim {

/// Before connectx(): the rule for the destination, as in connect(). connected() comes after it. A connect that waits for
/// the first data (CONNECT_RESUME_ON_READ_WRITE, CONNECT_DATA_IDEMPOTENT) has its rule already when it is made.
Attempt connecting(int fd, const sa_endpoints_t* endpoints);

/// After accept().
int accepted(int fd);

}  // namespace kashim::shim
