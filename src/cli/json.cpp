// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace kashim::cli {
namespace {

using nlohmann::ordered_json;

struct Convert {
    ordered_json operator()(std::monostate) const { return nullptr; }
    ordered_json operator()(const Json::Array& items) const
    {
        ordered_json array = ordered_json::array();
        for (const Json& item : items)
            array.push_back(std::visit(*this, item.value()));
        return array;
    }
    ordered_json operator()(const Json::Object& members) const
    {
        ordered_json object = ordered_json::object();
        for (const Json::Member& member : members)
            object[member.key] = std::visit(*this, member.value.value());
        return object;
    }
    ordered_json operator()(const auto& scalar) const { return scalar; }
};

void print(const Json& document, int indent)
{
    fmt::print(
        "{}\n",
        std::visit(Convert(), document.value()).dump(indent, ' ', false, ordered_json::error_handler_t::replace));
}

}  // namespace

Json::Json(const std::vector<std::string>& values) : value_(Array(values.begin(), values.end())) {}

Json::Json(std::initializer_list<Member> members) : value_(Object(members)) {}

Json Json::object()
{
    Json json;
    json.value_ = Object();
    return json;
}

Json Json::array()
{
    Json json;
    json.value_ = Array();
    return json;
}

Json& Json::operator[](std::string_view key)
{
    if (std::holds_alternative<std::monostate>(value_))
        value_ = Object();
    auto& members = std::get<Object>(value_);
    const auto found = std::ranges::find(members, key, &Member::key);
    return found != members.end() ? found->value : members.emplace_back(Member{std::string(key), {}}).value;
}

void Json::push_back(Json item)
{
    if (std::holds_alternative<std::monostate>(value_))
        value_ = Array();
    std::get<Array>(value_).push_back(std::move(item));
}

Json or_null(const std::string& text)
{
    return text.empty() ? Json() : Json(text);
}

void print_json(const Json& document)
{
    print(document, 2);
}

void print_json_line(const Json& document)
{
    print(document, -1);
}

}  // namespace kashim::cli
