// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "config/options.h"
#include "config/parse.h"
#include "loaded/configuration.h"
#include "policy/program_policy.h"
#include "policy/table_builder.h"

#include <optional>
#include <string>
#include <vector>

namespace kashim::loaded {

/// What --config and --set say.
struct ConfigurationRequest {
    std::string config;            ///< empty: the file that a program started from here would use
    std::vector<std::string> set;  ///< key=value, each laid over KASHIM_OPTIONS
};

/// What would be in force in a program started from here.
struct [[nodiscard]] Effective {
    Configuration file;
    config::Parsed parsed;                    ///< of the file; the built-in rules where there is none
    std::string options_text;                 ///< KASHIM_OPTIONS and --set, on one line
    std::size_t set_begins = 0;               ///< where the words of --set stand in options_text; its size without any
    config::ParsedOptions options;            ///< of options_text
    std::optional<policy::OwnedTable> table;  ///< the rules compiled; only where there is no error anywhere

    /// The file cannot be read at all: file.located.error says why.
    bool unreadable() const { return file.located.kind == config::Located::Kind::error; }
    bool good() const { return table.has_value(); }

    /// Of one of the file's rules.
    policy::Table::RuleNumber number_of(const policy::Rule& rule) const
    {
        return static_cast<policy::Table::RuleNumber>(&rule - parsed.rules.rules.data());
    }

    /// Of a good configuration, which must outlive them.
    policy::Rules rules() const { return {&**table, options.overlay}; }
};

Effective effective(const ConfigurationRequest& request, config::Warnings warnings);

/// The same for a file that was found otherwise, and another value of KASHIM_OPTIONS; null where it is unset.
Effective effective_with(Configuration file, const char* variable, const ConfigurationRequest& request,
                         config::Warnings warnings);

/// KASHIM_OPTIONS with some of its keys given anew: a key in set takes the place of the same key in the variable.
std::string options_with(std::string_view variable, const std::vector<std::string>& set);

}  // namespace kashim::loaded
