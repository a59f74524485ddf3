// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

/// For a test that installs below a prefix of its own. A build that was configured with other directories
/// (-DCMAKE_INSTALL_LIBDIR=...) puts files elsewhere, maybe into this system's own /etc.
#define KASHIM_NEEDS_USUAL_DIRECTORIES()                                                                               \
    do {                                                                                                               \
        if (!KASHIM_USUAL_DIRECTORIES)                                                                                 \
            GTEST_SKIP() << "skipped, because this build was configured with directories of its own";                  \
    } while (false)
