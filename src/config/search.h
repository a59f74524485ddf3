// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "config/diagnostics.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kashim::config {

/// A configuration is a regular file of at most this many bytes.
inline constexpr std::size_t kLargestFile = 2 * 1024 * 1024;

/// What decides where to look. A variable that is not set is null.
struct Environment {
    const char* kashim_config = nullptr;
    const char* xdg_config_home = nullptr;
    const char* home = nullptr;
    unsigned uid = 0;
    bool secure = false;  ///< secure execution (getauxval(3), AT_SECURE): the variables are ignored
    std::string_view sysconfdir;
};

/// A place to look.
struct Candidate {
    std::string path;
    bool required = false;       ///< somebody named it: there is no falling through
    bool from_variable = false;  ///< KASHIM_CONFIG named it
};

/// The places in their order. Empty variables count as not set; XDG_CONFIG_HOME and HOME count only when absolute
/// (XDG Base Directory Specification).
std::vector<Candidate> candidates(const Environment& environment);

/// What came of reading one file.
struct Loaded {
    enum class Outcome : std::uint8_t {
        text,
        absent,       ///< ENOENT, ENOTDIR
        denied,       ///< EACCES
        not_regular,  ///< a folder, a device, a pipe: was not opened
        too_large,    ///< above kLargestFile
        failed,       ///< another errno
    };

    Outcome outcome = Outcome::absent;
    std::string_view text;  ///< borrowed from whoever loaded it
    int error = 0;          ///< of failed: errno
};

/// Something to say about a file.
struct FileFinding {
    std::string file;
    Finding finding;
};

/// Where the search ended.
struct [[nodiscard]] Located {
    enum class Kind : std::uint8_t { built_in, file, error };

    Kind kind = Kind::built_in;      ///< built_in: there is no file, and none is needed
    std::string path;                ///< of file
    std::vector<std::string> asked;  ///< every path that was looked at, in order
    std::string_view text;           ///< of file; borrowed from whoever loaded it
    FileFinding error;               ///< of error
    std::vector<FileFinding> warnings;
};

/// Whether the search ends with this answer.
bool ends_with(const Candidate& candidate, const Loaded& loaded, Located& located);

/// Searches. load(path) answers with a Loaded; it is asked for one path after the other until one decides.
template <typename Load>
Located locate(const Environment& environment, Load&& load)
{
    Located located;
    for (const Candidate& candidate : candidates(environment)) {
        located.asked.push_back(candidate.path);
        if (ends_with(candidate, load(candidate.path), located))
            break;
    }
    return located;
}

/// The same for one file that was named on a command line.
template <typename Load>
Located locate_file(const std::string& path, Load&& load)
{
    Located located;
    located.asked.push_back(path);
    ends_with({path, true, false}, load(path), located);
    return located;
}

}  // namespace kashim::config
