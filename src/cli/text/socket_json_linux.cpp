// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/text/socket_json.h"

#include "platform/describe.h"

namespace kashim::cli {
namespace {

using policy::Option;

}  // namespace

Json endpoint_json(const policy::Endpoint& endpoint)
{
    const std::string address = text::to_text({endpoint.address, 0});  // "192.0.2.1:0", "[2001:db8::1]:0"
    const bool brackets = address.starts_with('[');
    return {{"address", brackets ? address.substr(1, address.rfind(']') - 1) : address.substr(0, address.rfind(':'))},
            {"port", endpoint.port}};
}

Json rule_json(const loaded::Effective& effective, policy::Table::RuleNumber number)
{
    const policy::Table& table = **effective.table;
    const policy::Table::RuleRecord& rule = table.rule(number);
    const bool is_defaults = number == table.rules.count - 1;
    Json json;
    if (is_defaults)
        json["name"] = rule.line != 0 ? "[defaults]" : "built-in defaults";
    else if (const std::string_view name = table.text(rule.name); !name.empty())
        json["name"] = name;
    if (rule.line != 0)
        json["line"] = rule.line;
    return json;
}

Json names_json(policy::OptionSet which)
{
    Json names = Json::array();
    for (const Option option : policy::kOptions) {
        if (which.has(option))
            names.push_back(platform::name_of(option));
    }
    return names;
}

Json values_json(const policy::Values& values, policy::OptionSet which)
{
    Json json = Json::object();
    for (const Option option : policy::kOptions) {
        if (!which.has(option))
            continue;
        const std::string key = std::string(platform::name_of(option)) + (option == Option::user_timeout ? "_ms" : "");
        json[key] = option == Option::keepalive ? Json(values.keepalive) : Json(policy::number_of(values, option));
    }
    return json;
}

Json refusal_json(const sockets::Refusal& refusal)
{
    Json json{{"reason", refusal.sentence}};
    if (!refusal.remedy.empty())
        json["remedy"] = refusal.remedy;
    return json;
}

}  // namespace kashim::cli
