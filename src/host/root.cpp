// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "host/root.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <utility>

namespace kashim::host {

ReadAt reader_of(platform::Descriptor file)
{
    return [opened = std::make_shared<platform::Descriptor>(std::move(file))](std::uint64_t offset,
                                                                              std::span<char> memory) {
        std::size_t filled = 0;
        while (*opened && filled < memory.size() && offset <= INT64_MAX - memory.size()) {
            const ssize_t got = ::pread(opened->get(), memory.data() + filled, memory.size() - filled,
                                        static_cast<off_t>(offset + filled));
            if (got < 0 && errno == EINTR)
                continue;
            if (got <= 0)
                break;
            filled += static_cast<std::size_t>(got);
        }
        return filled;
    };
}

std::string FileEntry::start(std::size_t most)
{
    if (!*this || !is_regular())
        return {};
    std::string text(
        static_cast<std::size_t>(std::min<std::uintmax_t>(most, static_cast<std::uintmax_t>(status_.st_size))), '\0');
    text.resize(reader()(0, text));
    return text;
}

platform::FileText FileEntry::whole(std::size_t limit)
{
    using Kind = platform::FileText::Kind;
    platform::FileText file;
    const auto ended = [&file](Kind kind, int error = 0) {
        file.kind = kind;
        file.error = error;
        return std::move(file);
    };
    if (error_ == ENOENT || error_ == ENOTDIR)
        return ended(Kind::absent);
    if (error_ == 0 && !is_regular())
        return ended(Kind::not_regular);
    const ReadAt read = reader();
    if (error_ != 0)
        return error_ == EACCES ? ended(Kind::denied) : ended(Kind::failed, error_);
    const auto size = static_cast<std::uintmax_t>(status_.st_size);
    if (size > limit)
        return ended(Kind::too_large);
    file.memory = platform::Mapping::of(static_cast<std::size_t>(size) + 1);
    if (!file.memory)
        return ended(Kind::failed, ENOMEM);
    const auto bytes = file.memory.bytes();
    const std::span memory(reinterpret_cast<char*>(bytes.data()), bytes.size());
    const std::size_t got = read(0, memory);
    if (got != size)
        return ended(Kind::failed, EAGAIN);  // it is being written: what was read may be half of it
    file.text = {memory.data(), got};
    return ended(Kind::text);
}

}  // namespace kashim::host
