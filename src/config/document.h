// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "config/diagnostics.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace kashim::config {

/// One value, as a TOML document or a key=value text gives it. All of it is borrowed.
struct Value {
    enum class Kind : std::uint8_t { boolean, integer, string, list, table, other };

    Kind kind = Kind::other;
    Place place;
    bool boolean = false;
    std::int64_t integer = 0;
    std::string_view text;       ///< of a string; of other (a fraction, a date): as it is written
    const void* node = nullptr;  ///< of a list or a table: for the Document it came from
};

/// A key of a table and what stands behind it.
struct Entry {
    std::string_view key;
    Place place;
    Value value;
};

/// Said where a rule stands under [rule]: of a first one by who reads the rules, of a second one by TOML itself.
inline constexpr std::string_view kRuleIsAList = "write [[rule]] with double brackets; there may be several";

/// A TOML text, parsed. This is the only part of the house that knows toml++; what it hands out says nothing of it.
class Document {
public:
    /// The text must outlive the document.
    explicit Document(std::string_view text);
    ~Document();
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;

    /// Why there is nothing here: the first fault, where parsing stopped.
    const std::optional<Finding>& fault() const { return fault_; }

    /// What the text holds outside of every table. Without a fault only.
    Value root() const;

    /// In no useful order: sort what comes of them by place.
    std::vector<Entry> entries(const Value& table) const;

    std::size_t size(const Value& list) const;
    Value item(const Value& list, std::size_t number) const;

    /// A list that holds tables and nothing else, at least one: [[this]] or [{}, {}].
    bool is_list_of_tables(const Value& list) const;

private:
    struct Tree;

    std::string_view text_;
    Tree* tree_ = nullptr;
    std::optional<Finding> fault_;
};

}  // namespace kashim::config
