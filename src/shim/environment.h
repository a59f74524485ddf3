// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "platform/process.h"

#include <string_view>

namespace kashim::shim {

/// What the process was started with: its arguments, as far as they are known, and its environment, of which nothing
/// counts in secure execution.
class Environment {
public:
    explicit Environment(platform::Arguments arguments) : arguments_(arguments) {}

    platform::Arguments arguments() const { return arguments_; }

    const char* operator[](const char* name) const { return secure_ ? nullptr : platform::environment(name); }

    /// The same, with nothing for a variable that is not set.
    std::string_view text(const char* name) const
    {
        const char* const value = (*this)[name];
        return value != nullptr ? std::string_view(value) : std::string_view{};
    }

    bool secure() const { return secure_; }

private:
    platform::Arguments arguments_;
    bool secure_ = platform::in_secure_execution();
};

}  // namespace kashim::shim
