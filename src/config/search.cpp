// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/search.h"

#include "config/words.h"

#include <cerrno>

namespace kashim::config {
namespace {

bool is_set(const char* variable)
{
    return variable && *variable != '\0';
}

bool is_absolute(const char* variable)
{
    return variable && *variable == '/';
}

FileFinding about(const Candidate& candidate, Severity severity, std::string text)
{
    return {candidate.path, {severity, 0, 0, std::move(text)}};
}

// No strerror: it may allocate and depends on the locale.
std::string reason(int error)
{
    switch (error) {
    case EAGAIN:
        return "it changes while it is read";
    case EBADF:
        return "it is closed";
    case EISDIR:
        return "it is a folder";
    case EIO:
        return "input/output error";
    case ELOOP:
        return "too many symbolic links";
    case EMFILE:
    case ENFILE:
        return "too many open files";
    case ENAMETOOLONG:
        return "the path is too long";
    case ENOMEM:
        return "out of memory";
    default:
        return join({"error ", std::to_string(error)});
    }
}

std::string failure(const Candidate& candidate, const Loaded& loaded)
{
    std::string_view what = "cannot be read: ";
    std::string why;
    switch (loaded.outcome) {
    case Loaded::Outcome::absent:
        what = candidate.from_variable ? "does not exist; create it, or unset KASHIM_CONFIG" : "does not exist";
        break;
    case Loaded::Outcome::denied:
        what = "may not be read by this user; change its permissions";
        break;
    case Loaded::Outcome::not_regular:
        what = "is not a regular file; a configuration must be one";
        break;
    case Loaded::Outcome::too_large:
        what = "is larger than 2 MiB, the most a configuration may have";
        break;
    case Loaded::Outcome::failed:
    case Loaded::Outcome::text:
        why = reason(loaded.error);
        break;
    }
    return join({candidate.from_variable ? "KASHIM_CONFIG names this file, but it " : "it ", what, why});
}

}  // namespace

std::vector<Candidate> candidates(const Environment& environment)
{
    constexpr const char* kFile = "/kashim/kashim.toml";
    std::vector<Candidate> candidates;
    if (!environment.secure && is_set(environment.kashim_config)) {
        candidates.push_back({environment.kashim_config, true, true});
        return candidates;
    }
    // Root's programs are mostly the system's: they must not depend on who started them.
    if (!environment.secure && environment.uid != 0) {
        if (is_absolute(environment.xdg_config_home))
            candidates.push_back({join({environment.xdg_config_home, kFile})});
        else if (is_absolute(environment.home))
            candidates.push_back({join({environment.home, "/.config", kFile})});
    }
    candidates.push_back({join({environment.sysconfdir, kFile})});
    return candidates;
}

bool ends_with(const Candidate& candidate, const Loaded& loaded, Located& located)
{
    if (loaded.outcome == Loaded::Outcome::text) {
        located.kind = Located::Kind::file;
        located.path = candidate.path;
        located.text = loaded.text;
        return true;
    }
    const bool denied = loaded.outcome == Loaded::Outcome::denied;
    if (!candidate.required && (denied || loaded.outcome == Loaded::Outcome::absent)) {
        if (denied)
            located.warnings.push_back(about(candidate, Severity::warning,
                                             "this user may not read it, so it counts as absent; change its "
                                             "permissions, or remove it"));
        return false;
    }
    located.kind = Located::Kind::error;
    located.error = about(candidate, Severity::error, failure(candidate, loaded));
    return true;
}

}  // namespace kashim::config
