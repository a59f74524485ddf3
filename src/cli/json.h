// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// A JSON document to print. json.cpp is the only unit that sees the JSON library: its header costs three seconds of
// compilation in every unit that includes it.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace kashim::cli {

class Json {
public:
    struct Member;
    using Object = std::vector<Member>;  ///< in the order in which the keys were given
    using Array = std::vector<Json>;

    Json();  ///< null
    Json(std::nullptr_t);
    Json(bool value);
    template <std::signed_integral Number>
    Json(Number value);
    template <std::unsigned_integral Number>
    requires(!std::same_as<Number, bool>) Json(Number value);
    Json(std::string value);
    Json(std::string_view value);
    Json(const char* value);
    Json(const std::vector<std::string>& values);
    Json(std::initializer_list<Member> members);

    static Json object();
    static Json array();

    /// The member of an object, made where it is missing; null becomes an object.
    Json& operator[](std::string_view key);

    /// Null becomes an array.
    void push_back(Json item);

    const auto& value() const { return value_; }

private:
    std::variant<std::monostate, bool, std::int64_t, std::uint64_t, std::string, Array, Object> value_;
};

struct Json::Member {
    std::string key;
    Json value;
};

template <std::signed_integral Number>
Json::Json(Number value) : value_(std::int64_t{value})
{
}
template <std::unsigned_integral Number>
requires(!std::same_as<Number, bool>) Json::Json(Number value) : value_(std::uint64_t{value}) {}
inline Json::Json() = default;
inline Json::Json(std::nullptr_t) {}
inline Json::Json(bool value) : value_(value) {}
inline Json::Json(std::string value) : value_(std::move(value)) {}
inline Json::Json(std::string_view value) : value_(std::string(value)) {}
inline Json::Json(const char* value) : value_(std::string(value)) {}

/// Null where the text is empty.
Json or_null(const std::string& text);

/// One document on standard output. File names and the like need not be UTF-8; JSON must.
void print_json(const Json& document);

/// The same in one line.
void print_json_line(const Json& document);

}  // namespace kashim::cli
