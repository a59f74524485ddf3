// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kashim::reach {

/// What is found about programs and processes. to_text() gives the name that people and scripts see, which stays.
enum class Cause : std::uint8_t {
    statically_linked,
    go,
    setuid,
    setgid,
    capabilities,
    script,
    cleared,
    clears,
    preload,
    ld_so_preload,
    asan,
    libc,
    php,
    library_missing,
    library_unreadable,
    library_noexec,
    library_unknown,
    library_broken,
    word_size,
    architecture,
    not_found,
    not_executable,
    script_broken,
    loader_missing,
    other_system,
    unreadable,
    not_a_program,
    restricted,
    hardened,
    library_validation,
    apple,
    sandbox,
    not_signed,
    arm64e,
    sip,
    translated,
    denied,
    gone,
    leaderless,
    starting,
    no_program,
    disabled,
    replaced,
    loaded,
    not_asked,
    not_loaded,
    secure,
    too_late,
    seccomp,
    configuration,
    configuration_unreadable,
    configuration_errors,
    configuration_newer,
    compiled_not_used,
};
std::string_view to_text(Cause cause);

enum class Weight : std::uint8_t {
    obstacle,  ///< a preload does not reach the program
    doubt,     ///< whether it does cannot be told
    remark,    ///< it does, but not in every respect
    note,      ///< worth knowing
};

/// One thing that is so, and what to do about it.
struct Diagnosis {
    Cause cause{};
    Weight weight = Weight::note;
    std::string what;    ///< one sentence, without a full stop
    std::string remedy;  ///< what to do; empty where there is nothing to be done

    friend bool operator==(const Diagnosis&, const Diagnosis&) = default;
};

enum class Reached : std::uint8_t { reached, reached_with_remarks, not_reached, unknown };

/// "reached", "reached, with remarks", "not reached by a preload", "unknown".
std::string_view to_text(Reached answer);

/// What was found, the gravest first.
struct [[nodiscard]] Verdict {
    std::vector<Diagnosis> diagnoses;

    Reached answer() const;
    bool has(Cause cause) const;
    void add(Diagnosis diagnosis);
};

}  // namespace kashim::reach
