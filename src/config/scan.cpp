// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/scan.h"

#include "config/words.h"

namespace kashim::config {
namespace {

// Walks the text as far as TOML strings and comments go. It must agree with toml++ about where those end in every
// text that toml++ accepts, and in the beginning of every other up to the first fault, where toml++ stops.
class Walker {
public:
    explicit Walker(std::string_view text) : text_(text)
    {
        if (text.starts_with(kByteOrderMark))
            at_ = kByteOrderMark.size();
    }

    std::optional<Finding> run()
    {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '#')
                skip_comment();
            else if (c == '"' || c == '\'') {
                begin_word();
                if (auto fault = skip_string(c))
                    return fault;
            } else if (static_cast<unsigned char>(c) >= 0x80)
                return finding(at_, "this character stands outside of quotes; TOML knows \" and ' only");
            else
                step(c);
            if (dots_ > kMostDots)
                return finding(word_, "a key with more than " + std::to_string(kMostDots) +
                                          " dots; no key of kashim needs one");
        }
        return std::nullopt;
    }

private:
    Finding finding(std::size_t at, std::string what) const
    {
        const Place place = place_of(text_, at);
        return {Severity::error, place.line, place.column, std::move(what)};
    }

    void step(char c)
    {
        switch (c) {
        case '.':
            ++dots_;
            break;
        case ' ':
        case '\t':
            break;  // blanks may stand around the dots of a key
        case '\n':
        case '\r':
        case '=':
        case ',':
        case '[':
        case ']':
        case '{':
        case '}':
            end_word();
            break;
        default:
            begin_word();
        }
        ++at_;
    }

    void begin_word()
    {
        if (!in_word_)
            word_ = at_;
        in_word_ = true;
    }

    void end_word()
    {
        in_word_ = false;
        dots_ = 0;
    }

    void skip_comment()
    {
        while (at_ < text_.size() && text_[at_] != '\n')
            ++at_;
    }

    std::size_t quotes_in_a_row(char quote, std::size_t most) const
    {
        std::size_t count = 0;
        while (count < most && at_ + count < text_.size() && text_[at_ + count] == quote)
            ++count;
        return count;
    }

    std::optional<Finding> skip_string(char quote)
    {
        const bool multi_line = quotes_in_a_row(quote, 3) == 3;
        at_ += multi_line ? 3 : 1;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '\\' && quote == '"') {
                if (multi_line && precedes_letters_that_are_not_ascii())
                    return finding(at_, "this backslash is followed by a character that is not ASCII; write the string "
                                        "in one line");
                at_ += 2;
            } else if (c == quote && multi_line) {
                // Up to two quotes may stand inside, even right before the three that end the string.
                const std::size_t quotes = quotes_in_a_row(quote, 5);
                at_ += quotes;
                if (quotes >= 3)
                    return std::nullopt;
            } else if (!multi_line && c == '\n') {
                return std::nullopt;  // it was not closed, which toml++ will say
            } else {
                ++at_;
                if (!multi_line && c == quote)
                    return std::nullopt;
            }
        }
        return std::nullopt;
    }

    // The backslash at at_, but for white space. toml++ up to 3.4 then asks whether a letter is white space in a way that is
    // undefined for many that are not ASCII (U+00A1 to U+0499 among them).
    bool precedes_letters_that_are_not_ascii() const
    {
        const std::size_t next = text_.find_first_not_of(" \t\r\n\v\f", at_ + 1);
        return next != std::string_view::npos && static_cast<unsigned char>(text_[next]) >= 0x80;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t word_ = 0;
    bool in_word_ = false;
    unsigned dots_ = 0;
};

}  // namespace

std::optional<Finding> unfit_for_parser(std::string_view text)
{
    return Walker(text).run();
}

}  // namespace kashim::config
