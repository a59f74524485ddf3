// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "reach/root.h"

#include <cstddef>
#include <string>

namespace kashim::reach {

/// What reading a file of /proc came to.
struct ProcText {
    std::string text;
    int error = 0;  ///< errno
};

/// The folder of one process below /proc, kept open: a number that is given to another process meanwhile does not
/// mislead.
class ProcFolder {
public:
    explicit ProcFolder(int pid);

    explicit operator bool() const { return static_cast<bool>(folder_); }

    platform::Descriptor open_file(const char* name, int flags) const;

    /// The kernel itself answers, at once. At most about that many bytes.
    ProcText read(const char* name, std::size_t most) const;

private:
    platform::Descriptor folder_;
};

/// Where a link of /proc leads; empty where that may not be seen.
std::string link_target(const std::string& path);

}  // namespace kashim::reach
