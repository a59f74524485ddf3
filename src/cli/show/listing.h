// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "text/style.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kashim::cli {

/// Rows whose columns stand under each other, and under their names. Nothing is ever cut: where a row is wider than the
/// screen each row takes several lines, all but the first indented.
class Listing {
public:
    enum class Align : std::uint8_t { left, right };
    enum class Paint : std::uint8_t { plain, good, bad, doubtful, faint };

    struct Column {
        std::string_view name;
        Align align = Align::left;
        bool begins_line = false;  ///< where a row takes several
    };

    explicit Listing(std::vector<Column> columns) : columns_(std::move(columns)) {}

    void begin_row() { rows_.emplace_back(); }

    /// The next field of the row: harmless text, one line.
    void field(std::string text, Paint paint = Paint::plain) { rows_.back().push_back({std::move(text), paint}); }

    /// Columns in which every field says "-" or nothing are left out, if they are named here.
    void leave_out_where_empty(std::vector<std::string_view> names) { may_be_left_out_ = std::move(names); }

    enum class Header : std::uint8_t { with, without };

    /// width: of the screen; nothing where lines may be as long as they like. Each line without its newline.
    std::vector<std::string> lines(std::optional<std::size_t> width, Header header, const text::Style& style) const;

private:
    struct Field {
        std::string text;
        Paint paint = Paint::plain;
    };
    using Row = std::vector<Field>;

    using Lines = std::vector<std::vector<std::size_t>>;  // the columns that stand in each line of a row

    bool is_left_out(std::size_t column) const;
    std::vector<std::size_t> widths() const;
    Lines arranged(std::optional<std::size_t> width, const std::vector<std::size_t>& widths) const;

    std::vector<Column> columns_;
    std::vector<std::string_view> may_be_left_out_;
    std::vector<Row> rows_;
};

/// How many columns of a terminal a harmless text takes.
std::size_t columns_of(std::string_view text);

}  // namespace kashim::cli
