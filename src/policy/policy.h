// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/overlay.h"
#include "policy/rule.h"
#include "policy/table.h"

#include <optional>
#include <span>

namespace kashim::policy {

/// What a rule decides for one connection.
struct [[nodiscard]] Decision {
    Settings settings;
    Table::RuleNumber rule = Table::kNone;  ///< the number of the record in the table; the last one is [defaults]
    bool depends_on_peer = false;           ///< decided without the peer, and the peer may change it
};

/// The rules as one process sees them: the groups that match its program, with the overlay on top. Everything that
/// decides about a connection asks here. Trivially copyable; table and groups must outlive it.
class Policy {
public:
    /// How many numbers the list of groups of a process may need.
    static std::size_t capacity(const Table& table) { return table.groups.count; }

    /// storage: at least capacity(table) numbers, kept by the caller.
    Policy(const Table& table, const Program& program, const Overlay& overlay, std::span<std::uint32_t> storage);

    Decision decide(const Asked& asked) const;
    Decision outbound(const Endpoint& peer) const;

    /// peer may be null: a listener, whose peers are not known yet.
    Decision inbound(std::uint16_t local_port, const Address* peer) const;

    /// What a socket gets before anything is known of its connection: the first rule for this program that asks for no
    /// direction, port and peer, else [defaults]. Nothing where that, or a rule before it, says "leave": a time that was
    /// once set cannot be unset.
    const std::optional<Decision>& base() const { return base_; }

    /// No outbound rule of this program wants anything but the base, and the base respects what the program set: at
    /// connect there is nothing left to do.
    bool base_decides_outbound() const { return base_decides_outbound_; }

    /// Whether a listener keeps what it has: some peer may be one to be left alone, and what it inherits cannot be unset.
    /// Each connection gets its rule when it is accepted. listener: what inbound() says without a peer.
    bool leaves_listener(const Decision& listener) const { return listener.depends_on_peer && !base_; }

    /// Every connection of this program is left alone, whatever it is.
    bool leaves_everything() const { return leaves_everything_; }

    /// Some rule has cap, override or "auto": the program's own setsockopt calls matter.
    bool follows_program() const { return follows_program_; }

    /// Something is laid over the rules: what a rule's place in the file says is not the whole truth.
    bool has_overlay() const { return has_overlay_; }

    const Table& table() const { return *table_; }

private:
    Decision decide(Direction direction, std::uint16_t port, const Address* peer) const;
    Decision decision(Table::RuleNumber number) const;
    void find_base();
    bool every_outbound_rule_is(const Settings& settings) const;

    const Table* table_;
    std::span<const std::uint32_t> groups_;
    Overlay overlay_;
    bool has_overlay_;
    bool base_decides_outbound_ = false;
    bool follows_program_ = false;
    bool leaves_everything_ = false;
    std::optional<Decision> base_;
};

}  // namespace kashim::policy
