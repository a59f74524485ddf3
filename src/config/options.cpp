// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/options.h"

#include "config/keys.h"
#include "config/values.h"
#include "config/words.h"

#include <charconv>
#include <system_error>

namespace kashim::config {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

// What TOML would tell by quotes is told by the text itself here.
Value value_in(std::string_view text, Place place)
{
    Value value;
    value.kind = Value::Kind::string;
    value.place = place;
    value.text = text;
    std::int64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [last, error] = std::from_chars(text.data(), end, number);
    if (!text.empty() && last == end && error == std::errc{}) {
        value.kind = Value::Kind::integer;
        value.integer = number;
    } else if (text == "true" || text == "false") {
        value.kind = Value::Kind::boolean;
        value.boolean = text == "true";
    }
    return value;
}

class OptionsReader {
public:
    OptionsReader(std::string_view text, Findings& findings) : text_(text), findings_(findings) {}

    TableValues read()
    {
        std::size_t at = text_.find_first_not_of(kBlanks);
        while (at < text_.size()) {
            const std::size_t end = std::min(text_.find_first_of(kBlanks, at), text_.size());
            read_one(at, text_.substr(at, end - at));
            at = text_.find_first_not_of(kBlanks, end);
        }
        return values_;
    }

private:
    void read_one(std::size_t at, std::string_view word)
    {
        const std::size_t equals = word.find('=');
        if (equals == std::string_view::npos)
            return findings_.error(place(at), {in_quotes(word), " is not key=value"});
        const std::string_view key = word.substr(0, equals);
        const Row* const row = known_key(key, place(at), Where::options, findings_);
        if (!row)
            return;
        const unsigned bit = 1u << static_cast<unsigned>(row->key);
        if ((given_ & bit) != 0)
            return findings_.error(place(at), {in_quotes(key), " is given twice; keep one"});
        given_ |= bit;
        const Entry entry{key, place(at), value_in(word.substr(equals + 1), place(at + equals + 1))};
        read_value(*row, entry, values_, findings_);
    }

    // A line break is one blank more here: the variable is one line.
    Place place(std::size_t offset) const
    {
        std::uint32_t column = 1;
        for (const char byte : text_.substr(0, offset))
            column += begins_code_point(byte) ? 1 : 0;
        return {1, column};
    }

    std::string_view text_;
    Findings& findings_;
    TableValues values_;
    unsigned given_ = 0;
};

}  // namespace

ParsedOptions parse_options(std::string_view text)
{
    Findings findings;
    // There is nothing to say that takes as long; every program on the host would read it.
    constexpr std::size_t kLongest = 4096;
    if (text.size() > kLongest) {
        findings.error({1, 1}, {"the value is longer than ", std::to_string(kLongest), " bytes"});
        return {{}, {}, std::move(findings).sorted()};
    }
    TableValues values = OptionsReader(text, findings).read();
    settle(values, findings);
    ParsedOptions parsed;
    if (!findings.any_error()) {
        parsed.overlay = to_overlay(values);
        parsed.origins = origins_over(values, ValueOrigin::Source::options, {});
    }
    parsed.findings = std::move(findings).sorted();
    return parsed;
}

}  // namespace kashim::config
