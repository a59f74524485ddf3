// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "config/search.h"

namespace kashim::config {

/// The answer to locate() from what the platform read. The platform's type is a parameter because these two folders do
/// not know each other: it has a kind (text, absent, denied, not_regular, too_large, failed), a text and an error.
template <typename File>
Loaded loaded_from(const File& file)
{
    using Outcome = Loaded::Outcome;
    using Kind = typename File::Kind;
    switch (file.kind) {
    case Kind::text:
        return {Outcome::text, file.text, 0};
    case Kind::absent:
        return {Outcome::absent, {}, 0};
    case Kind::denied:
        return {Outcome::denied, {}, 0};
    case Kind::not_regular:
        return {Outcome::not_regular, {}, 0};
    case Kind::too_large:
        return {Outcome::too_large, {}, 0};
    case Kind::failed:
        break;
    }
    return {Outcome::failed, {}, file.error};
}

}  // namespace kashim::config
