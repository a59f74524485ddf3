// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/matchers.h"

#include "config/addresses.h"
#include "config/doubts.h"
#include "config/suggest.h"
#include "config/values.h"
#include "config/words.h"
#include "policy/program.h"

#include <algorithm>
#include <array>
#include <string>

namespace kashim::config {
namespace {

using Kind = Value::Kind;

class MatcherReader {
public:
    MatcherReader(const Document& document, const Row& row, const Value& value, Findings& findings)
        : document_(document), row_(row), value_(value), findings_(findings)
    {
    }

    void name(std::string& name) const
    {
        // A message is one line, whatever the name.
        const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
        if (value_.kind == Kind::string && !value_.text.empty() && std::ranges::none_of(value_.text, is_control))
            name = value_.text;
        else
            refuse(value_);
    }

    void patterns(std::vector<std::string>& patterns, std::string_view doubt_about(std::string_view)) const
    {
        each_item([&](const Value& item) {
            if (item.kind != Kind::string)
                refuse(item);
            else if (item.text.empty())
                refuse(item, "an empty pattern matches no program; leave the key out to match every one");
            else if (item.text.size() > policy::kLongestCommand)
                refuse(item,
                       join({"more than ", std::to_string(policy::kLongestCommand), " bytes are never compared"}));
            else
                add_pattern(patterns, item, doubt_about(item.text));
        });
    }

    void direction(policy::Direction& direction) const
    {
        constexpr std::array<std::string_view, 2> kWords = {"outbound", "inbound"};
        const bool is_text = value_.kind == Kind::string;
        if (is_text && value_.text == kWords[0]) {
            direction = policy::Direction::outbound;
        } else if (is_text && value_.text == kWords[1]) {
            direction = policy::Direction::inbound;
        } else {
            const auto word = is_text ? nearest(value_.text, kWords) : std::nullopt;
            refuse(value_, word ? join({"did you mean ", in_quotes(*word), "?"}) : "leave the key out for both");
        }
    }

    void ports(std::vector<policy::PortRange>& ports) const
    {
        each_item([&](const Value& item) {
            PortText port;
            if (item.kind == Kind::integer)
                port = read_port(std::to_string(item.integer));
            else if (item.kind == Kind::string)
                port = read_port(item.text);
            if (port.range)
                ports.push_back(*port.range);
            else
                refuse(item, port.hint);
        });
    }

    void peers(std::vector<policy::Network>& peers) const
    {
        each_item([&](const Value& item) {
            NetworkText peer;
            if (item.kind == Kind::string)
                peer = read_network(item.text);
            if (!peer.network)
                return refuse(item, peer.hint);
            peers.push_back(*peer.network);
            if (peer.has_host_bits)
                findings_.warning(item.place,
                                  {"peer ", in_quotes(item.text), " has bits set behind its prefix; it means ",
                                   in_quotes(to_text(*peer.network, peer.bits))});
        });
    }

private:
    void add_pattern(std::vector<std::string>& patterns, const Value& item, std::string_view doubt) const
    {
        patterns.emplace_back(item.text);
        if (!doubt.empty())
            findings_.warning(item.place, {row_.name, " ", in_quotes(item.text), " ", doubt});
    }

    // One item may stand for a list of one.
    template <typename Read>
    void each_item(Read read) const
    {
        if (value_.kind != Kind::list)
            return read(value_);
        const std::size_t size = document_.size(value_);
        if (size == 0)
            findings_.error(
                value_.place,
                {row_.name, " is an empty list, which nothing matches; leave the key out to match everything"});
        for (std::size_t i = 0; i < size; ++i)
            read(document_.item(value_, i));
    }

    void refuse(const Value& value, std::string_view hint = {}) const
    {
        findings_.error(value.place, {refusal(row_, value, hint)});
    }

    const Document& document_;
    const Row& row_;
    const Value& value_;
    Findings& findings_;
};

}  // namespace

void read_matcher(const Document& document, const Row& row, const Entry& entry, policy::Rule& rule, Findings& findings)
{
    const MatcherReader reader(document, row, entry.value, findings);
    switch (row.key) {
    case Key::name:
        return reader.name(rule.name);
    case Key::program:
        return reader.patterns(rule.selector.programs, doubt_about_program);
    case Key::command:
        return reader.patterns(rule.selector.commands, doubt_about_command);
    case Key::direction:
        return reader.direction(rule.direction);
    case Key::port:
        return reader.ports(rule.ports);
    case Key::peer:
        return reader.peers(rule.peers);
    case Key::keepalive:
    case Key::idle:
    case Key::interval:
    case Key::count:
    case Key::user_timeout:
    case Key::app:
    case Key::dead_after:
        break;  // values: see values.h
    }
}

}  // namespace kashim::config
