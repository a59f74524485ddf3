// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/parse.h"

#include "config/document.h"
#include "config/keys.h"
#include "config/matchers.h"
#include "config/suggest.h"
#include "config/values.h"
#include "config/warnings.h"
#include "config/words.h"
#include "policy/table_builder.h"

#include <algorithm>
#include <array>

namespace kashim::config {
namespace {

using policy::Keepalive;
using Kind = Value::Kind;

class FileReader {
public:
    FileReader(const Document& document, Findings& findings) : document_(document), findings_(findings) {}

    // [defaults] may stand behind the rules, which inherit from it all the same.
    void read()
    {
        const std::vector<Entry> entries = document_.entries(document_.root());
        for (const Entry& entry : entries) {
            if (entry.key == "defaults")
                read_defaults(entry);
            else if (entry.key != "rule")
                refuse_at_top(entry);
        }
        for (const Entry& entry : entries) {
            if (entry.key == "rule")
                read_rules(entry);
        }
    }

    policy::RuleSet rules;
    Origins origins;

private:
    void read_defaults(const Entry& entry)
    {
        const Value& table = entry.value;
        if (document_.is_list_of_tables(table))
            return findings_.error(table.place, {"write [defaults] with single brackets; there is only one"});
        if (table.kind != Kind::table)
            return findings_.error(entry.place, {"\"defaults\" is a table; write [defaults] and its keys below"});

        TableValues values;
        for (const Entry& inner : document_.entries(table)) {
            if (const Row* const row = known_key(inner.key, inner.place, Where::defaults, findings_))
                read_value(*row, inner, values, findings_);
        }
        settle(values, findings_);
        rules.defaults = over(values, policy::Settings{});
        rules.defaults_line = table.place.line;
        origins.defaults = {table.place, origins_over(values, ValueOrigin::Source::defaults, {})};
    }

    void read_rules(const Entry& entry)
    {
        const Value& list = entry.value;
        if (list.kind == Kind::table)
            return findings_.error(list.place, {kRuleIsAList});
        if (list.kind != Kind::list)
            return findings_.error(entry.place, {"\"rule\" is a list of tables; write [[rule]] and its keys below"});

        const std::size_t size = document_.size(list);
        rules.rules.reserve(size);
        origins.rules.reserve(size);
        for (std::size_t i = 0; i < size; ++i) {
            const Value table = document_.item(list, i);
            if (table.kind == Kind::table)
                read_rule(table);
            else
                findings_.error(table.place, {"each item of \"rule\" is a table; write [[rule]] and its keys below"});
        }
    }

    void read_rule(const Value& table)
    {
        policy::Rule& rule = rules.rules.emplace_back();
        rule.line = table.place.line;
        TableValues values;
        for (const Entry& entry : document_.entries(table)) {
            const Row* const row = known_key(entry.key, entry.place, Where::rule, findings_);
            if (!row)
                continue;
            if (row->is_value)
                read_value(*row, entry, values, findings_);
            else
                read_matcher(document_, *row, entry, rule, findings_);
        }

        const bool inherits_leave = !values.keepalive && rules.defaults.keepalive == Keepalive::leave;
        if (const Place first = values.first_beside_keepalive(); inherits_leave && first.line != 0)
            findings_.error(first, {"[defaults] says keepalive = \"leave\"; a rule with values of its own must say "
                                    "keepalive = true or keepalive = false"});
        const std::size_t pairs =
            std::max<std::size_t>(1, rule.ports.size()) * std::max<std::size_t>(1, rule.peers.size());
        if (pairs > policy::kLargestCross)
            findings_.error(table.place,
                            {std::to_string(rule.ports.size()), " ports x ", std::to_string(rule.peers.size()),
                             " peers are more than ", std::to_string(policy::kLargestCross),
                             " pairs; split the rule, or name ranges and larger networks"});
        const bool was_affordable = cost_ <= policy::kLargestCost;
        cost_ += policy::cost(rule);
        if (was_affordable && cost_ > policy::kLargestCost)
            findings_.error(table.place,
                            {"the rules up to this one come to more than ", std::to_string(policy::kLargestCost),
                             " pairs of a piece of a port range and a peer, which would make every program "
                             "start late; name fewer ranges, or larger networks"});
        settle(values, findings_);
        rule.settings = over(values, rules.defaults);
        origins.rules.push_back(
            {table.place, origins_over(values, ValueOrigin::Source::rule, origins.defaults.values)});
    }

    void refuse_at_top(const Entry& entry)
    {
        constexpr std::array<std::string_view, 2> kTables = {"defaults", "rule"};
        const bool list = document_.is_list_of_tables(entry.value);
        if (entry.value.kind == Kind::table || list) {
            const auto near = nearest(entry.key, kTables);
            std::string_view advice = "; expected [defaults] or [[rule]]";
            if (near)
                advice = *near == "rule" ? "; did you mean [[rule]]?" : "; did you mean [defaults]?";
            return findings_.error(entry.value.place, {"unknown table ", list ? "[[" : "[", printable(entry.key),
                                                       list ? "]]" : "]", advice});
        }
        if (const Row* const row = find_row(entry.key))
            return findings_.error(entry.place, {in_quotes(entry.key), " stands outside of every table; write ",
                                                 row->is_value ? "[defaults] or [[rule]]" : "[[rule]]", " above it"});
        const std::string_view near = nearest_key(entry.key, Where::rule);
        const std::string advice = near.empty() ? "; expected [defaults] or [[rule]]"
                                                : join({"; did you mean ", in_quotes(near), " in a table?"});
        findings_.error(entry.place, {"unknown key ", in_quotes(entry.key), " outside of every table", advice});
    }

    const Document& document_;
    Findings& findings_;
    std::size_t cost_ = 0;
};

}  // namespace

Parsed parse(std::string_view text, Warnings warnings)
{
    const Document document(text);
    if (document.fault())
        return {{}, {*document.fault()}, {}};
    Findings findings;
    FileReader file(document, findings);
    file.read();
    // What is wrong draws wrong conclusions: first the errors, then the warnings.
    if (warnings == Warnings::yes && !findings.any_error())
        warn(file.rules, file.origins, findings);
    return {std::move(file.rules), std::move(findings).sorted(), std::move(file.origins)};
}

}  // namespace kashim::config
