// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "config/schema.h"

#include <string_view>

namespace kashim::test {

/// A key as the documents show it.
struct KeyText {
    std::string_view default_text;  ///< as in the file; empty where absent is the default
    std::string_view example;       ///< as in the file
};
const KeyText& text_of(config::Key key);

}  // namespace kashim::test
