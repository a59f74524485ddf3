// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/document.h"

#include "config/encoding.h"
#include "config/scan.h"
#include "config/words.h"

#include <algorithm>
#include <array>

// toml++ 3.3 and later, by what its documentation calls options. From the header alone, without exceptions or streams.
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
// The default reads and writes numbers through a stringstream, which brings in the locale.
#define TOML_FLOAT_CHARCONV 1
#define TOML_INT_CHARCONV 1
// Each nested value takes more than a kilobyte of a stack that belongs to the program; a rule needs four.
#define TOML_MAX_NESTED_VALUES 8
// Not all assertions of toml++ hold (3.4 and a header that begins with [=), and with NDEBUG it lets the compiler assume
// that they do. Without NDEBUG and with assertions that do nothing, it goes on to the checks that follow them.
#undef NDEBUG
#define TOML_ASSERT(expression) static_cast<void>(0)
#include <toml++/toml.h>

static_assert(TOML_LIB_MAJOR == 3 && TOML_LIB_MINOR >= 3, "toml++ 3.3 or a later 3.x is needed");

namespace kashim::config {

struct Document::Tree {
    toml::table root;
};

namespace {

Place place(const toml::source_position& position)
{
    return {position.line, position.column};
}

std::string_view line_of(std::string_view text, std::uint32_t line)
{
    if (text.starts_with(kByteOrderMark))
        text.remove_prefix(kByteOrderMark.size());
    for (std::uint32_t i = 1; i < line; ++i)
        text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    text = text.substr(0, text.find('\n'));
    if (text.ends_with('\r'))
        text.remove_suffix(1);
    return text;
}

// The bytes of the line before the column.
std::string_view before(std::string_view text, const toml::source_position& position)
{
    const std::string_view line = line_of(text, position.line);
    std::uint32_t column = 1;
    std::size_t bytes = 0;
    for (; bytes < line.size(); ++bytes) {
        if (begins_code_point(line[bytes]) && column++ == position.column)
            break;
    }
    return line.substr(0, bytes);
}

// A fraction, a date or a time, for a message. Far into a long line, or over several lines, finding its text would take
// longer than the text is worth: a file may hold very many of them.
std::string_view as_written(std::string_view text, const toml::node& node)
{
    constexpr std::uint32_t kFarColumn = 256;
    constexpr std::uint32_t kFarLine = 4096;
    const toml::source_region& region = node.source();
    if (region.begin.line != region.end.line || region.begin.line > kFarLine || region.end.column > kFarColumn)
        return node.is_floating_point() ? "a fraction" : "a date or a time";
    const std::string_view lead = before(text, region.begin);
    const std::string_view all = before(text, region.end);
    return all.substr(std::min(lead.size(), all.size()));
}

Value value_of(const toml::node& node, std::string_view text)
{
    Value value;
    value.place = place(node.source().begin);
    if (const auto* boolean = node.as_boolean()) {
        value.kind = Value::Kind::boolean;
        value.boolean = boolean->get();
    } else if (const auto* integer = node.as_integer()) {
        value.kind = Value::Kind::integer;
        value.integer = integer->get();
    } else if (const auto* string = node.as_string()) {
        value.kind = Value::Kind::string;
        value.text = string->get();
    } else if (node.is_array()) {
        value.kind = Value::Kind::list;
        value.node = &node;
    } else if (node.is_table()) {
        value.kind = Value::Kind::table;
        value.node = &node;
    } else {
        value.text = as_written(text, node);
    }
    return value;
}

const toml::table& table_of(const Value& value)
{
    return *static_cast<const toml::node*>(value.node)->as_table();
}

const toml::array& array_of(const Value& value)
{
    return *static_cast<const toml::node*>(value.node)->as_array();
}

// toml++ points at the value of a second key; the key itself stands before the = that leads to it.
std::string_view key_before_value(std::string_view text, const toml::source_position& position)
{
    const auto trimmed = [](std::string_view part) {
        while (part.ends_with(' ') || part.ends_with('\t'))
            part.remove_suffix(1);
        return part;
    };
    const std::string_view line = before(text, position);
    const std::string_view end = trimmed(line.substr(0, std::min(line.rfind('='), line.size())));
    if (end.empty())
        return {};
    const char quote = end.back();
    std::size_t start = 0;
    if (quote == '"' || quote == '\'') {
        start = end.rfind(quote, end.size() - 2);
    } else {
        constexpr std::string_view kBare = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
        start = end.find_last_not_of(kBare);
        start = start == std::string_view::npos ? 0 : start + 1;
    }
    return start == std::string_view::npos ? std::string_view{} : end.substr(start);
}

// What toml++ calls the thing where a bare word or a bare 60s made it stop.
bool is_value_scope(std::string_view scope)
{
    constexpr std::array<std::string_view, 7> kScopes = {
        "value", "decimal integer", "floating-point", "boolean", "date", "time", "date-time"};
    return std::find(kScopes.begin(), kScopes.end(), scope) != kScopes.end();
}

// toml++ says "Error while parsing SCOPE: REASON". What people get wrong most is said in our own words.
Finding explain(const toml::parse_error& error, std::string_view text)
{
    const toml::source_position position = error.source().begin;
    const auto at = [](Place where, std::string what) {
        return Finding{Severity::error, where.line, where.column, std::move(what)};
    };
    std::string_view reason = error.description();
    const auto has = [&reason](std::string_view part) { return reason.find(part) != std::string_view::npos; };

    if (has("key-value pair: cannot redefine existing")) {
        const std::string_view key = key_before_value(text, position);
        if (!key.empty()) {
            const std::string_view name =
                key.front() == '"' || key.front() == '\'' ? key.substr(1, key.size() - 2) : key;
            const auto offset = static_cast<std::size_t>(key.data() - text.data());
            return at(place_of(text, offset), join({in_quotes(name), " is given twice; keep one"}));
        }
    }
    if (has("'rule' as table") || has("existing table 'rule'"))
        return at(place(position), std::string(kRuleIsAList));
    if (has("table header: cannot redefine existing table")) {
        const std::size_t name = reason.find('\'') + 1;
        const std::string_view header = reason.substr(name, reason.rfind('\'') - name);
        return at(place(position), join({"[", printable(header), "] is given twice; write all its keys under one"}));
    }
    if (has("exceeded maximum nested value depth"))
        return at(place(position), join({"more than ", std::to_string(TOML_MAX_NESTED_VALUES),
                                         " lists and tables inside each other; a rule needs four at most"}));
    const bool at_line_end = before(text, position).size() == line_of(text, position.line).size();
    if (at_line_end && has("string") && has("control character"))
        return at(place(position), "the string has no closing quote in its line");

    constexpr std::string_view kLead = "Error while parsing ";
    if (reason.starts_with(kLead))
        reason.remove_prefix(kLead.size());
    const bool at_value = is_value_scope(reason.substr(0, reason.find(':')));
    return at(place(position),
              join({"not valid TOML: ", printable(reason, reason.size()),
                    at_value ? "; words and times with a unit stand in quotes, as in idle = \"60s\"" : ""}));
}

}  // namespace

Document::Document(std::string_view text) : text_(text), fault_(not_a_text(text))
{
    if (!fault_)
        fault_ = unfit_for_parser(text);
    if (fault_)
        return;
    toml::parse_result result = toml::parse(text);
    if (!result)
        fault_ = explain(result.error(), text);
    else
        tree_ = new Tree{std::move(result).table()};
}

Document::~Document()
{
    delete tree_;
}

Value Document::root() const
{
    return value_of(tree_->root, text_);
}

std::vector<Entry> Document::entries(const Value& table) const
{
    const toml::table& source = table_of(table);
    std::vector<Entry> entries;
    entries.reserve(source.size());
    for (const auto& [key, node] : source)
        entries.push_back({key.str(), place(key.source().begin), value_of(node, text_)});
    return entries;
}

std::size_t Document::size(const Value& list) const
{
    return array_of(list).size();
}

Value Document::item(const Value& list, std::size_t number) const
{
    return value_of(array_of(list)[number], text_);
}

bool Document::is_list_of_tables(const Value& list) const
{
    return list.kind == Value::Kind::list && array_of(list).is_array_of_tables();
}

}  // namespace kashim::config
