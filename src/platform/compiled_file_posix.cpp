// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/compiled_file.h"

#include "platform/open_file.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

namespace kashim::platform {
namespace {

using Kind = CompiledFile::Kind;

CompiledFile problem(Kind kind, int error = 0)
{
    CompiledFile compiled;
    compiled.kind = kind;
    compiled.error = error;
    return compiled;
}

bool is_trusted(const FileStatus& compiled, const FileStatus& source)
{
    return (compiled.owner == 0 || compiled.owner == source.owner) && (compiled.permissions & (S_IWGRP | S_IWOTH)) == 0;
}

Kind kind_of(policy::CompiledForm form)
{
    switch (form) {
    case policy::CompiledForm::good:
        return Kind::good;
    case policy::CompiledForm::not_ours:
        return Kind::not_ours;
    case policy::CompiledForm::other_version:
        return Kind::other_version;
    case policy::CompiledForm::damaged:
        break;
    }
    return Kind::damaged;
}

void append_reason(Text& line, int error)
{
    switch (error) {
    case 0:
        line << "it is not a regular file";
        break;
    case ELOOP:
        line << "it is a symbolic link";
        break;
    case EFBIG:
        line << "it is larger than " << std::int64_t{kLargestCompiled >> 20} << " MiB";
        break;
    case EACCES:
        line << "this user may not read it";
        break;
    default:
        line << "it cannot be read (errno " << std::int64_t{error} << ")";
    }
}

}  // namespace

CompiledFile read_compiled(const char* path, const FileStatus& source, std::span<std::byte> memory)
{
    const OpenFile descriptor(path, O_NOFOLLOW);
    if (!descriptor)
        return errno == ENOENT ? problem(Kind::absent) : problem(Kind::unreadable, errno);
    const FileStatus status = file_status(descriptor.number());
    if (status.error != 0 || !status.regular)
        return problem(Kind::unreadable, status.error);
    if (status.state.size > kLargestCompiled)
        return problem(Kind::unreadable, EFBIG);
    if (!is_trusted(status, source))
        return problem(Kind::foreign);

    const auto size = static_cast<std::size_t>(status.state.size);
    CompiledFile compiled;
    std::size_t filled = 0;
    if (size > memory.size()) {
        // It takes memory of its size in every process: not for what is something else.
        alignas(policy::CompiledHead) std::array<char, sizeof(policy::CompiledHead)> head;
        filled = descriptor.read(std::span(head).first(std::min(head.size(), size))).value_or(0);
        const policy::CompiledForm form = policy::form_by_head(std::as_bytes(std::span(head).first(filled)), size);
        if (form != policy::CompiledForm::good)
            return problem(kind_of(form));
        compiled.memory = Mapping::of(size, Mapping::Pages::now);
        if (!compiled.memory)
            return problem(Kind::unreadable, ENOMEM);
        memory = compiled.memory.bytes();
        std::memcpy(memory.data(), head.data(), filled);
    }
    compiled.file = memory.first(size);
    const std::span rest(reinterpret_cast<char*>(memory.data()) + filled, size - filled);
    if (descriptor.read(rest) != std::optional(rest.size()))
        return problem(Kind::unreadable, EIO);
    compiled.kind = kind_of(policy::compiled_form(compiled.file));
    return compiled;
}

void append_verdict(Text& line, const CompiledFile& compiled)
{
    switch (compiled.kind) {
    case Kind::good:
        line << "it was made of another text";
        break;
    case Kind::absent:
        line << "there is none";
        break;
    case Kind::unreadable:
        append_reason(line, compiled.error);
        break;
    case Kind::foreign:
        line << "others than the owner of the configuration own it, or may write it";
        break;
    case Kind::not_ours:
        line << "it is no compiled configuration";
        break;
    case Kind::other_version:
        line << "it is of another version of kashim";
        break;
    case Kind::damaged:
        line << "it is damaged";
        break;
    }
}

}  // namespace kashim::platform
