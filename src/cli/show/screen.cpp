// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/show/screen.h"

#include "cli/show/listing.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <string_view>

namespace kashim::cli {
namespace {

// A line without its colours: they take no room.
std::string bare(std::string_view line)
{
    std::string text;
    while (!line.empty()) {
        const auto escape = line.find("\033[");
        text += line.substr(0, escape);
        line.remove_prefix(escape == std::string_view::npos ? line.size() : line.find('m', escape) + 1);
    }
    return text;
}

// A line that is wider than the screen goes on in the next one.
std::size_t height_of(const std::string& line, const Screen& screen)
{
    const std::size_t columns = columns_of(bare(line));
    return std::max<std::size_t>(1, (columns + screen.columns - 1) / screen.columns);
}

}  // namespace

std::optional<Screen> screen_of(int fd)
{
    if (::isatty(fd) != 1)
        return std::nullopt;
    struct winsize size {};
    if (::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
        return Screen{};
    return Screen{size.ws_col, size.ws_row};
}

void draw(const Screen& screen, const std::string& title, const std::vector<std::string>& lines,
          const std::vector<std::string>& remarks)
{
    // The cursor's own line stays free: a newline in the last one would move everything up.
    std::size_t used = height_of(title, screen) + 1 + 1;
    for (const std::string& remark : remarks)
        used += height_of(remark, screen);
    std::string frame = "\033[H" + title + "\033[K\n";
    const auto add = [&frame](std::string_view line) { frame.append(line).append("\033[K\n"); };
    std::size_t shown = 0;
    for (; shown < lines.size() && used + height_of(lines[shown], screen) < screen.lines; ++shown) {
        used += height_of(lines[shown], screen);
        add(lines[shown]);
    }
    if (shown < lines.size())
        add(fmt::format("... and {} lines more", lines.size() - shown));
    for (const std::string& remark : remarks)
        add(remark);
    fmt::print("{}\033[J", frame);
    std::fflush(stdout);
}

std::string time_text()
{
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::localtime_r(&now, &parts);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts)};
}

Pause::Pause(std::chrono::duration<double> time) : time_(time)
{
    sigemptyset(&interrupt_);
    sigemptyset(&before_);
    if (time_.count() == 0)
        return;
    sigaddset(&interrupt_, SIGINT);
    ::sigprocmask(SIG_BLOCK, &interrupt_, &before_);
}

Pause::~Pause()
{
    if (time_.count() != 0)
        ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

bool Pause::wait() const
{
    const auto whole = std::chrono::floor<std::chrono::seconds>(time_);
    const auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(time_ - whole);
    const timespec timeout{whole.count(), static_cast<long>(rest.count())};
    return ::sigtimedwait(&interrupt_, nullptr, &timeout) != SIGINT;
}

}  // namespace kashim::cli
