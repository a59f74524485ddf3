// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/settings.h"

#include <array>
#include <cstddef>
#include <span>

namespace kashim::policy {

/// What a socket may have that did not come from its program: what of ours it may have been given, and what it shows
/// where nobody has touched it. Everything else is the program's choice.
class Expected {
public:
    /// The base, the rule of an earlier connect, or the listener's: at most two.
    void ours(const Settings& settings) { add(settings, ours_, ours_count_); }

    /// At most two.
    void untouched(const Values& values) { add(values, untouched_, untouched_count_); }

    /// The socket may have come to its number by dup2: if two of its three times are ours it had the base, and what
    /// else looks untouched was set by the program. Not for a socket that may really be untouched: a tuned sysctl looks the same.
    void may_be_a_duplicate() { may_be_a_duplicate_ = true; }

    /// Nobody saw how the socket was made: if two of its three times are ours, and none that an untouched one would
    /// show, it was given ours before, by the library or from outside, and whoever switched its probing off or changed
    /// the third time since was the program. A user timeout that is off says nothing: an earlier file may not have
    /// asked for one.
    void was_not_seen() { was_not_seen_ = true; }

    /// The options in which the values differ from all of that. A user timeout that equals dead_after of the present
    /// values is ours where something of ours says "auto". A program that sets exactly such a value cannot be told
    /// apart.
    OptionSet set_by_program(const Values& now) const;

    /// The values with everything that is not the program's as it was before we came.
    Values without_ours(const Values& now, const Values& before_us) const
    {
        return with(now, OptionSet::all() - set_by_program(now), before_us);
    }

private:
    // One more than there is room for takes the place of the last: what is remembered last is the likeliest to be there.
    template <typename Item, std::size_t kRoom>
    static void add(const Item& item, std::array<Item, kRoom>& items, std::size_t& count)
    {
        count += count < kRoom ? 1 : 0;
        items[count - 1] = item;
    }

    /// Two of its three times, among those looked at.
    bool has_times_of_ours(const Values& now, OptionSet looked_at) const;
    OptionSet differing_from_untouched(const Values& now) const;
    std::span<const Settings> all_ours() const { return {ours_.data(), ours_count_}; }

    std::array<Settings, 2> ours_{};
    std::array<Values, 2> untouched_{};
    std::size_t ours_count_ = 0;
    std::size_t untouched_count_ = 0;
    bool may_be_a_duplicate_ = false;
    bool was_not_seen_ = false;
};

}  // namespace kashim::policy
