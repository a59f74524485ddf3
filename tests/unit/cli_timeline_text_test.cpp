// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/text/timeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace kashim::test {
namespace {

policy::Timeline line_of(int idle, int interval, std::uint32_t probes)
{
    return {.idle = std::chrono::seconds(idle), .interval = std::chrono::seconds(interval), .probes = probes};
}

std::vector<std::string> rows_of(const std::string& drawing)
{
    std::vector<std::string> rows;
    std::istringstream stream(drawing);
    for (std::string row; std::getline(stream, row);)
        rows.push_back(row);
    return rows;
}

TEST(TimelineText, EachEventHasItsSecondAboveAndItsNameBelow)
{
    EXPECT_EQ(cli::drawn(line_of(60, 30, 5)), "  0s       60s      90s      120s     150s     180s     210s\n"
                                              "  |--------+--------+--------+--------+--------+--------x\n"
                                              "  last     probe    probe    probe    probe    probe    dead:\n"
                                              "  byte     1        2        3        4        5        ETIMEDOUT\n");
}

TEST(TimelineText, OneProbeIsDrawnToo)
{
    EXPECT_EQ(cli::drawn(line_of(4, 4, 1)), "  0s       4s       8s\n"
                                            "  |--------+--------x\n"
                                            "  last     probe    dead:\n"
                                            "  byte     1        ETIMEDOUT\n");
}

TEST(TimelineText, MoreProbesStandCloserTogether)
{
    EXPECT_EQ(cli::drawn(line_of(7200, 75, 9)),
              "  0s    7200s 7275s 7350s 7425s 7500s 7575s 7650s 7725s 7800s 7875s\n"
              "  |-----+-----+-----+-----+-----+-----+-----+-----+-----+-----x\n"
              "  last  probe probe probe probe probe probe probe probe probe dead:\n"
              "  byte  1     2     3     4     5     6     7     8     9     ETIMEDOUT\n");
}

TEST(TimelineText, OfTooManyTheMiddleIsLeftOut)
{
    EXPECT_EQ(cli::drawn(line_of(1, 1, 127)),
              "  0s    1s    2s    3s    4s    5s          124s  125s  126s  127s  128s\n"
              "  |-----+-----+-----+-----+-----+--- ... ---+-----+-----+-----+-----x\n"
              "  last  probe probe probe probe probe       probe probe probe probe dead:\n"
              "  byte  1     2     3     4     5           124   125   126   127   ETIMEDOUT\n");
}

TEST(TimelineText, TheLargestTimesStayApart)
{
    EXPECT_EQ(cli::drawn(line_of(32767, 32767, 127)),
              "  0s       32767s   65534s   98301s            4128642s 4161409s 4194176s\n"
              "  |--------+--------+--------+------ ... ------+--------+--------x\n"
              "  last     probe    probe    probe             probe    probe    dead:\n"
              "  byte     1        2        3                 126      127      ETIMEDOUT\n");
    EXPECT_EQ(cli::drawn(line_of(32767, 1, 2)), "  0s       32767s   32768s   32769s\n"
                                                "  |--------+--------+--------x\n"
                                                "  last     probe    probe    dead:\n"
                                                "  byte     1        2        ETIMEDOUT\n");
}

TEST(TimelineText, WhateverTheTimesItFitsTheColumnsAndEveryMarkHasItsSecond)
{
    for (const std::uint32_t probes : {1u, 2u, 6u, 7u, 8u, 9u, 10u, 11u, 40u, 126u, 127u, 2'147'483u}) {
        for (const int idle : {1, 60, 32767}) {
            for (const int interval : {1, 999, 32767}) {
                const policy::Timeline line = line_of(idle, interval, probes);
                const std::string drawing = cli::drawn(line);
                const std::vector<std::string> rows = rows_of(drawing);
                ASSERT_EQ(rows.size(), 4u);
                for (const std::string& row : rows)
                    EXPECT_LE(row.size(), cli::kDrawingColumns) << drawing;
                EXPECT_TRUE(std::ranges::all_of(drawing, [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
                for (std::size_t at = 0; at < rows[1].size(); ++at) {
                    if (std::string_view("|+x").find(rows[1][at]) == std::string_view::npos)
                        continue;
                    const std::string number = rows[3].substr(at, rows[3].find(' ', at) - at);
                    const std::string second = rows[0].substr(at, rows[0].find(' ', at) - at);
                    const auto expected = rows[1][at] == '|'   ? std::chrono::seconds(0)
                                          : rows[1][at] == 'x' ? line.death()
                                                               : line.probe(static_cast<unsigned>(std::stoul(number)));
                    EXPECT_EQ(second, std::to_string(expected.count()) + "s") << drawing;
                }
            }
        }
    }
}

TEST(TimelineText, DurationsAreWholeSecondsWhereTheyCan)
{
    EXPECT_EQ(cli::duration_text(std::chrono::seconds(45)), "45s");
    EXPECT_EQ(cli::duration_text(std::chrono::milliseconds(1500)), "1500ms");
    EXPECT_EQ(cli::duration_text(std::chrono::milliseconds(1)), "1ms");
}

}  // namespace
}  // namespace kashim::test
