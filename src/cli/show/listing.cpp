// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/show/listing.h"

#include "text/cells.h"

#include <algorithm>
#include <utility>

namespace kashim::cli {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kIndent = 4;

std::string painted(const text::Style& style, Listing::Paint paint, const std::string& text)
{
    switch (paint) {
    case Listing::Paint::good:
        return style.good(text);
    case Listing::Paint::bad:
        return style.bad(text);
    case Listing::Paint::doubtful:
        return style.doubtful(text);
    case Listing::Paint::faint:
        return style.faint(text);
    case Listing::Paint::plain:
        break;
    }
    return text;
}

// One line of output under way. Blanks are written only in front of something, so that none stand at its end.
class Line {
public:
    explicit Line(std::size_t indent) : pending_(indent) {}

    void add(const std::string& shown, std::size_t columns, std::size_t width, Listing::Align align)
    {
        const std::size_t fill = width - columns;
        const bool right = align == Listing::Align::right;
        if (columns != 0)
            text_.append(pending_ + (right ? fill : 0), ' ').append(shown);
        pending_ = columns != 0 ? (right ? 0 : fill) + kGap : pending_ + width + kGap;
    }

    std::string text() && { return std::move(text_); }

private:
    std::string text_;
    std::size_t pending_;
};

}  // namespace

std::size_t columns_of(std::string_view text)
{
    std::size_t columns = 0;
    while (!text.empty()) {
        if (const auto first = static_cast<unsigned char>(text[0]); first >= 0x20 && first < 0x7f) {
            ++columns;
            text.remove_prefix(1);
            continue;
        }
        const text::Cell cell = text::first_cell(text);
        columns += cell.width;
        text.remove_prefix(cell.bytes);
    }
    return columns;
}

bool Listing::is_left_out(std::size_t column) const
{
    return std::ranges::find(may_be_left_out_, columns_[column].name) != may_be_left_out_.end() &&
           std::ranges::all_of(
               rows_, [column](const Row& row) { return row[column].text.empty() || row[column].text == "-"; });
}

std::vector<std::size_t> Listing::widths() const
{
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        std::size_t widest = columns_[i].name.size();
        for (const Row& row : rows_)
            widest = std::max(widest, columns_of(row[i].text));
        widths.push_back(widest);
    }
    return widths;
}

Listing::Lines Listing::arranged(std::optional<std::size_t> width, const std::vector<std::size_t>& widths) const
{
    std::vector<std::size_t> shown;
    std::size_t total = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (is_left_out(i))
            continue;
        shown.push_back(i);
        total += widths[i] + (shown.size() > 1 ? kGap : 0);
    }
    if (!width || total <= *width)
        return {shown};
    Lines lines(1);
    std::size_t used = 0;
    for (const std::size_t i : shown) {
        const bool fits = used + kGap + widths[i] <= *width;
        if (!lines.back().empty() && (!fits || columns_[i].begins_line)) {
            lines.emplace_back();
            used = kIndent;
        }
        used += (lines.back().empty() ? 0 : kGap) + widths[i];
        lines.back().push_back(i);
    }
    return lines;
}

std::vector<std::string> Listing::lines(std::optional<std::size_t> width, Header header, const text::Style& style) const
{
    const std::vector<std::size_t> widths = this->widths();
    const Lines arranged = this->arranged(width, widths);
    std::vector<std::string> lines;
    const auto add = [&](auto shown_at) {
        for (const std::vector<std::size_t>& which : arranged) {
            Line line(&which == &arranged.front() ? 0 : kIndent);
            for (const std::size_t i : which) {
                const auto [shown, columns] = shown_at(i);
                line.add(shown, columns, widths[i], columns_[i].align);
            }
            if (std::string text = std::move(line).text(); !text.empty())
                lines.push_back(std::move(text));
        }
    };
    if (header == Header::with)
        add([&](std::size_t i) { return std::pair(style.bold(columns_[i].name), columns_[i].name.size()); });
    for (const Row& row : rows_)
        add([&](std::size_t i) {
            return std::pair(painted(style, row[i].paint, row[i].text), columns_of(row[i].text));
        });
    return lines;
}

}  // namespace kashim::cli
