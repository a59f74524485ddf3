// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/compiled.h"

#include "cli/text/shell_words.h"
#include "platform/compiled_file.h"

#include <fmt/format.h>

#include <array>

namespace kashim::cli {

std::string compiled_path(const std::string& configuration)
{
    return configuration + std::string(platform::kCompiledSuffix);
}

std::optional<CompiledDoubt> compiled_doubt(const std::string& configuration, std::string_view text)
{
    using Kind = platform::CompiledFile::Kind;
    const std::string path = compiled_path(configuration);
    const platform::FileStatus status = platform::file_status(configuration.c_str());
    const platform::CompiledFile compiled = platform::read_compiled(path.c_str(), status);
    if (compiled.kind == Kind::absent || compiled.is_of(status.state) || compiled.is_of(text))
        return std::nullopt;
    std::array<char, 128> memory;
    platform::Text why(memory);
    platform::append_verdict(why, compiled);
    return CompiledDoubt{path, fmt::format("{}; programs parse {} instead when they start", why.view(), configuration),
                         fmt::format("kashim compile {}", shell_word(configuration))};
}

}  // namespace kashim::cli
