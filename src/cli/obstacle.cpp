// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/obstacle.h"

#include "cli/launch.h"
#include "config/words.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace kashim::cli {

Obstacle obstacle(const std::string& program, int error)
{
    return {error == ENOENT ? kNotFound : kCannotExecute,
            fmt::format("cannot execute {}: {}", config::in_quotes(program), std::strerror(error))};
}

}  // namespace kashim::cli
