// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/file.h"

#include "platform/open_file.h"

#include <cerrno>
#include <optional>

namespace kashim::platform {
namespace {

FileText problem(FileText::Kind kind, int error = 0)
{
    FileText file;
    file.kind = kind;
    file.error = error;
    return file;
}

FileText problem_of(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return problem(FileText::Kind::absent);
    case EACCES:
        return problem(FileText::Kind::denied);
    default:
        return problem(FileText::Kind::failed, error);
    }
}

}  // namespace

FileText read_file(const char* path, std::size_t limit)
{
    return read_file(path, limit, file_status(path));
}

FileText read_file(const char* path, std::size_t limit, const FileStatus& before)
{
    if (before.error != 0)
        return problem_of(before.error);
    if (!before.regular)
        return problem(FileText::Kind::not_regular);

    const OpenFile descriptor(path);
    if (!descriptor)
        return problem_of(errno);
    // Another file may have taken its place (rename(2)): that one counts, and is whole.
    const FileStatus status = file_status(descriptor.number());
    if (status.error != 0)
        return problem_of(status.error);
    if (!status.regular)
        return problem(FileText::Kind::not_regular);
    if (status.state.size > limit)
        return problem(FileText::Kind::too_large);
    // Room for one byte more than a file may have: one that has grown meanwhile is noticed.
    FileText file;
    file.memory = Mapping::of(static_cast<std::size_t>(status.state.size) + 1);
    if (!file.memory)
        return problem(FileText::Kind::failed, ENOMEM);
    const std::span memory(reinterpret_cast<char*>(file.memory.bytes().data()), file.memory.bytes().size());
    const auto size = descriptor.read(memory);
    if (!size)
        return problem_of(errno);
    if (*size != status.state.size)
        return problem(FileText::Kind::failed, EAGAIN);  // it is being written: what was read may be half of it
    file.kind = FileText::Kind::text;
    file.text = {memory.data(), *size};
    return file;
}

std::string_view read_start(const char* path, std::span<char> memory)
{
    const OpenFile descriptor(path);
    if (!descriptor)
        return {};
    return {memory.data(), descriptor.read(memory).value_or(0)};
}

}  // namespace kashim::platform
