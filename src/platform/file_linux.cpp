// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/file.h"

#include "platform/stat_linux.h"

#include <cerrno>
#include <cstdint>
#include <optional>

namespace kashim::platform {
namespace {

// Bare system calls: open, read and close of the C library are cancellation points.
class Descriptor {
public:
    explicit Descriptor(const char* path)
        : fd_(static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0)))
    {
    }
    ~Descriptor()
    {
        if (fd_ >= 0)
            syscall(SYS_close, fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    explicit operator bool() const { return fd_ >= 0; }

    // Until the end of the file or of the memory; nothing on an error.
    std::optional<std::size_t> read(std::span<char> memory) const
    {
        std::size_t filled = 0;
        while (filled < memory.size()) {
            const auto got = syscall(SYS_read, fd_, memory.data() + filled, memory.size() - filled);
            if (got == 0)
                break;
            if (got < 0 && errno != EINTR)
                return std::nullopt;
            filled += got > 0 ? static_cast<std::size_t>(got) : 0;
        }
        return filled;
    }

private:
    int fd_;
};

File problem(File::Kind kind, int error = 0)
{
    File file;
    file.kind = kind;
    file.error = error;
    return file;
}

File problem_of(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return problem(File::Kind::absent);
    case EACCES:
        return problem(File::Kind::denied);
    default:
        return problem(File::Kind::failed, error);
    }
}

}  // namespace

File read_file(const char* path, std::size_t limit)
{
    struct stat status {};
    if (stat_path(path, &status) != 0)
        return problem_of(errno);
    if (!S_ISREG(status.st_mode))
        return problem(File::Kind::not_regular);
    if (static_cast<std::uintmax_t>(status.st_size) > limit)
        return problem(File::Kind::too_large);

    const Descriptor descriptor(path);
    if (!descriptor)
        return problem_of(errno);
    // Room for one byte more than a file may have: one that has grown meanwhile is noticed.
    File file;
    file.memory = Mapping::of(static_cast<std::size_t>(status.st_size) + 1);
    if (!file.memory)
        return problem(File::Kind::failed, ENOMEM);
    const std::span memory(reinterpret_cast<char*>(file.memory.bytes().data()), file.memory.bytes().size());
    const auto size = descriptor.read(memory);
    if (!size)
        return problem_of(errno);
    if (*size != static_cast<std::size_t>(status.st_size))
        return problem(File::Kind::failed, EAGAIN);  // it is being written: what was read may be half of it
    file.kind = File::Kind::text;
    file.text = {memory.data(), *size};
    return file;
}

std::string_view read_start(const char* path, std::span<char> memory)
{
    const Descriptor descriptor(path);
    if (!descriptor)
        return {};
    return {memory.data(), descriptor.read(memory).value_or(0)};
}

}  // namespace kashim::platform
