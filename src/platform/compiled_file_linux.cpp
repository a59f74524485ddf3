// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/compiled_file.h"

#include "platform/open_file_linux.h"

#include <sys/stat.h>

#include <cerrno>
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

}  // namespace

CompiledFile read_compiled(const char* path, const FileStatus& source, std::span<std::byte> memory)
{
    const OpenFile descriptor(path, O_NOFOLLOW);
    if (!descriptor)
        return errno == ENOENT ? problem(Kind::absent) : problem(Kind::unreadable, errno);
    const FileStatus status = file_status(descriptor.number());
    if (status.error != 0 || !status.regular || status.state.size > kLargestCompiled)
        return problem(Kind::unreadable, status.error);
    if (!is_trusted(status, source))
        return problem(Kind::foreign);

    const auto size = static_cast<std::size_t>(status.state.size);
    CompiledFile compiled;
    if (size > memory.size()) {
        compiled.memory = Mapping::of(size, Mapping::Pages::now);
        if (!compiled.memory)
            return problem(Kind::unreadable, ENOMEM);
        memory = compiled.memory.bytes();
    }
    compiled.file = memory.first(size);
    const std::span text(reinterpret_cast<char*>(memory.data()), size);
    if (descriptor.read(text) != std::optional(size))
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
        line << "it cannot be read";
        if (compiled.error != 0)
            line << " (errno " << std::int64_t{compiled.error} << ")";
        break;
    case Kind::foreign:
        line << "others than the owner of the configuration own it, or may write it";
        break;
    case Kind::not_ours:
        line << "it is something else";
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
