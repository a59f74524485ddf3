// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "loaded/effective.h"

#include <memory>
#include <string>
#include <vector>

namespace kashim::guard {

/// The configuration that a guard has in force, and whether its files have changed since.
class GuardRules {
public:
    /// Reads it. With an error in it good() is false, and there is nothing to guard with.
    explicit GuardRules(loaded::ConfigurationRequest request);

    bool good() const { return in_force_->good(); }
    const loaded::Effective& in_force() const { return *in_force_; }

    /// What stat(2) says now of every place where the search looked.
    enum class Change {
        none,
        unsettled,  ///< they have changed since the last look: somebody may still be writing, so look again soon
        settled,    ///< they have changed, and stayed so since the last look
    };
    Change look();

    /// Reads it again. With an error in it, or where the file is gone, the earlier rules stay in force; the messages
    /// say so, with one line for each error as `kashim check` prints it. The earlier in_force() lives as long as
    /// this answer, so that who uses it can change over.
    struct [[nodiscard]] Reload {
        bool good = false;
        std::vector<std::string> messages;
        std::unique_ptr<loaded::Effective> earlier;
    };
    Reload read_again();

private:
    std::string signature() const;
    std::unique_ptr<loaded::Effective> read();

    loaded::ConfigurationRequest request_;
    std::vector<std::string> places_;
    std::string signature_;  // of the places when they were read
    std::string seen_;       // when they were looked at last
    std::unique_ptr<loaded::Effective> in_force_;
};

}  // namespace kashim::guard
