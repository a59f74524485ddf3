// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/warnings.h"

#include "config/coverage.h"
#include "config/words.h"
#include "policy/timeline.h"

#include <algorithm>

namespace kashim::config {
namespace {

using policy::Direction;
using policy::Keepalive;
using policy::Rule;
using policy::Settings;
using policy::UserTimeout;

using Source = ValueOrigin::Source;

std::string rule_text(const Rule& rule)
{
    const bool named = !rule.name.empty();
    return join({"rule ", named ? in_quotes(rule.name) : "", named ? " " : "", "in line ", std::to_string(rule.line)});
}

// Each rule is compared with every one before it: 20,000 rules take about a second, the largest file, which may hold ten
// times as many, would take minutes.
constexpr std::size_t kMostComparisons = 200'000'000;

void warn_of_hidden_rules(const policy::RuleSet& rules, const Origins& origins, Findings& findings)
{
    const std::vector<Coverage> coverages(rules.rules.begin(), rules.rules.end());
    std::size_t comparisons = 0;
    for (std::size_t later = 0; later < coverages.size(); ++later) {
        if (comparisons > kMostComparisons)
            return findings.warning(origins.rules[later].header,
                                    {"from here on it is not looked whether an earlier rule hides one: there are too "
                                     "many rules to compare"});
        for (std::size_t earlier = 0; earlier < later; ++earlier) {
            ++comparisons;
            if (!coverages[earlier].covers(coverages[later]))
                continue;
            findings.warning(origins.rules[later].header,
                             {"the ", rule_text(rules.rules[later]), " is never reached; the ",
                              rule_text(rules.rules[earlier]), " matches everything it matches"});
            break;
        }
    }
}

void warn_of_equal_names(const policy::RuleSet& rules, const Origins& origins, Findings& findings)
{
    std::vector<std::size_t> named;
    for (std::size_t i = 0; i < rules.rules.size(); ++i) {
        if (!rules.rules[i].name.empty())
            named.push_back(i);
    }
    const auto less = [&rules](std::size_t a, std::size_t b) {
        const int order = rules.rules[a].name.compare(rules.rules[b].name);
        return order < 0 || (order == 0 && a < b);
    };
    std::sort(named.begin(), named.end(), less);
    for (std::size_t i = 1; i < named.size(); ++i) {
        const Rule& earlier = rules.rules[named[i - 1]];
        const Rule& later = rules.rules[named[i]];
        if (later.name == earlier.name)
            findings.warning(origins.rules[named[i]].header, {"the rule in line ", std::to_string(earlier.line),
                                                              " has the name ", in_quotes(later.name), " too"});
    }
}

std::int64_t dead_after_ms(const Settings& settings)
{
    return policy::dead_after(settings.idle, settings.interval, settings.count).count() * 1000;
}

// Of the limit as it is in force; 0 where there is none.
std::int64_t limit_ms(const Settings& settings)
{
    switch (settings.user_timeout.kind) {
    case UserTimeout::Kind::fixed:
        return settings.user_timeout.limit.count();
    case UserTimeout::Kind::automatic:
        return settings.keepalive == Keepalive::on ? dead_after_ms(settings) : 0;
    case UserTimeout::Kind::off:
        break;
    }
    return 0;
}

void warn_of_user_timeout(const Settings& settings, Direction direction, const Origin& origin, Source table,
                          Findings& findings)
{
    // What is inherited as a whole was said of [defaults] already.
    const ValueOrigins& values = origin.values;
    const bool own_limit = values[Key::user_timeout].source == table;
    const bool own_times = values[Key::idle].source == table || values[Key::interval].source == table ||
                           values[Key::count].source == table;
    if (!own_limit && !own_times)
        return;
    const std::int64_t limit = settings.keepalive == Keepalive::leave ? 0 : limit_ms(settings);
    if (limit == 0)
        return;
    const Place place = own_limit ? values[Key::user_timeout].place : origin.header;
    const bool fixed = settings.user_timeout.kind == UserTimeout::Kind::fixed;
    const std::int64_t dead_after = dead_after_ms(settings);
    const std::int64_t first_probe_lost = (settings.idle.count() + settings.interval.count()) * 1000;
    const std::string text = milliseconds_text(limit);
    if (fixed && settings.keepalive == Keepalive::on && limit != dead_after) {
        // The kernel asks when the second probe is due (tcp_keepalive_timer in net/ipv4/tcp_timer.c): equal is enough.
        if (limit <= first_probe_lost)
            findings.warning(place, {"user_timeout ", text, " is not above idle + interval, ",
                                     milliseconds_text(first_probe_lost),
                                     ": one lost probe ends the connection; \"auto\" is dead_after, ",
                                     milliseconds_text(dead_after)});
        else
            findings.warning(place, {"user_timeout ", text, " is not dead_after, ", milliseconds_text(dead_after),
                                     ": it ends an idle connection in place of count; \"auto\" keeps the two equal"});
    }
    const bool outbound = policy::includes(direction, Direction::outbound);
    // A limit that only follows the times anew, or that stands here itself; a fixed one from [defaults] was said there.
    const bool is_new = own_limit || !fixed;
    if (outbound && is_new && limit < std::chrono::milliseconds(policy::kUsualConnect).count())
        findings.warning(place,
                         {"user_timeout ", text, " also limits connect(), which otherwise waits for about 130 s"});
}

void warn_of_every_user_timeout(const policy::RuleSet& rules, const Origins& origins, Findings& findings)
{
    std::optional<Place> first;
    const auto consider = [&first](const Settings& settings, const ValueOrigin& origin, Source table) {
        if (origin.source == table && limit_ms(settings) != 0 && (!first || origin.place < *first))
            first = origin.place;
    };
    consider(rules.defaults, origins.defaults.values[Key::user_timeout], Source::defaults);
    for (std::size_t i = 0; i < rules.rules.size(); ++i)
        consider(rules.rules[i].settings, origins.rules[i].values[Key::user_timeout], Source::rule);
    if (first)
        findings.warning(*first, {"a user_timeout also ends a connection whose peer is alive but does not read for so "
                                  "long"});
}

}  // namespace

void warn(const policy::RuleSet& rules, const Origins& origins, Findings& findings)
{
    warn_of_hidden_rules(rules, origins, findings);
    warn_of_equal_names(rules, origins, findings);
    warn_of_user_timeout(rules.defaults, Direction::both, origins.defaults, Source::defaults, findings);
    for (std::size_t i = 0; i < rules.rules.size(); ++i)
        warn_of_user_timeout(rules.rules[i].settings, rules.rules[i].direction, origins.rules[i], Source::rule,
                             findings);
    warn_of_every_user_timeout(rules, origins, findings);
}

}  // namespace kashim::config
