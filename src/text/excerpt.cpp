// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "text/excerpt.h"

#include "config/words.h"
#include "text/cells.h"

#include <algorithm>
#include <vector>

namespace kashim::text {
namespace {

constexpr std::string_view kCut = "...";
constexpr unsigned kTab = 8;

// The cells of a part of a line. Tabs are as wide as they are where the line is shown from its beginning.
std::vector<Cell> cells_of(std::string_view line)
{
    std::vector<Cell> cells;
    std::size_t column = 0;
    while (!line.empty()) {
        Cell cell = first_cell(line);
        if (line[0] == '\t') {
            cell.width = kTab - static_cast<unsigned>(column % kTab);
            cell.shown.assign(cell.width, ' ');
        }
        column += cell.width;
        line.remove_prefix(cell.bytes);
        cells.push_back(std::move(cell));
    }
    return cells;
}

// The cells from first up to last, as many as there is room for, with the caret's among them.
struct Window {
    std::size_t first;
    std::size_t last;

    bool holds_all_of(const std::vector<Cell>& cells) const { return first == 0 && last == cells.size(); }
};

Window window_around(std::size_t caret, const std::vector<Cell>& cells, std::size_t room)
{
    Window window{caret, caret};
    std::size_t used = 0;
    const auto grow_right = [&](std::size_t most) {
        for (; window.last < cells.size() && used + cells[window.last].width <= most; ++window.last)
            used += cells[window.last].width;
    };
    grow_right(room / 2);  // what is wrong mostly begins at the caret
    for (; window.first > 0 && used + cells[window.first - 1].width <= room; --window.first)
        used += cells[window.first - 1].width;
    grow_right(room);
    return window;
}

}  // namespace

PlaceFinder::PlaceFinder(std::string_view text) : text_(text)
{
    restart();
}

void PlaceFinder::restart()
{
    line_begin_ = at_ = text_.starts_with(config::kByteOrderMark) ? config::kByteOrderMark.size() : 0;
    place_ = {1, 1};
}

bool PlaceFinder::go_to(config::Place place)
{
    if (place < place_)
        restart();
    while (place_.line < place.line) {
        const std::size_t end = text_.find('\n', at_);
        if (end == std::string_view::npos)
            return false;
        line_begin_ = at_ = end + 1;
        place_ = {place_.line + 1, 1};
    }
    // A byte that is not UTF-8 counts as config::place_of() counts it.
    while (place_.column < place.column && at_ < text_.size() && text_[at_] != '\n') {
        const std::size_t bytes = first_cell(text_.substr(at_)).bytes;
        place_.column += config::begins_code_point(text_[at_]) ? 1 : 0;
        at_ += bytes;
    }
    return true;
}

std::optional<Excerpt> PlaceFinder::excerpt(config::Place place, std::size_t columns)
{
    if (text_.empty() || place.line == 0 || !go_to(place))
        return std::nullopt;
    // A line may be the whole file: only what can be shown of it is looked at. A code point has at most four bytes;
    // marks that take no column are not worth more.
    const std::size_t reach = 4 * columns;
    std::size_t begin = at_ - line_begin_ > reach ? at_ - reach : line_begin_;
    while (begin < at_ && begin > line_begin_ && !config::begins_code_point(text_[begin]))
        ++begin;
    const std::size_t line_end = text_.substr(at_, reach).find('\n');
    const bool ends_here = line_end != std::string_view::npos || text_.size() - at_ <= reach;
    std::size_t end = std::min({line_end, reach, text_.size() - at_}) + at_;
    if (ends_here && end > at_ && text_[end - 1] == '\r')
        --end;

    const std::vector<Cell> cells = cells_of(text_.substr(begin, end - begin));
    std::size_t caret = 0;
    for (std::size_t bytes = 0; caret < cells.size() && bytes < at_ - begin; ++caret)
        bytes += cells[caret].bytes;
    while (caret > 0 && caret < cells.size() && cells[caret].width == 0)
        --caret;  // a mark is seen on the character that it stands on

    Window window = window_around(caret, cells, columns);
    if (begin != line_begin_ || !ends_here || !window.holds_all_of(cells))
        window = window_around(caret, cells, columns - 2 * kCut.size());
    Excerpt excerpt;
    if (begin != line_begin_ || window.first > 0)
        excerpt = {std::string(kCut), kCut.size()};
    for (std::size_t i = window.first; i < window.last; ++i) {
        excerpt.text += cells[i].shown;
        excerpt.caret += i < caret ? cells[i].width : 0;
    }
    if (!ends_here || window.last < cells.size())
        excerpt.text += kCut;
    return excerpt;
}

}  // namespace kashim::text
