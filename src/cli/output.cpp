// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/output.h"

#include "cli/commands.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <string>
#include <system_error>

namespace kashim::cli {
namespace {

// Not fmt::print, which throws where standard error cannot be written either.
int failed(const std::string& why)
{
    std::fprintf(stderr, "kashim: %s\n", why.c_str());
    return kFailed;
}

// error: an errno; 0 where it was lost, because the write that failed was one of those before.
int failed_to_write(int error)
{
    const std::string reason = error != 0 ? ": " + std::generic_category().message(error) : "";
    return failed("cannot write to standard output" + reason);
}

}  // namespace

int with_all_written(const std::function<int()>& command)
{
    int status = kFailed;
    try {
        status = command();
    } catch (const std::system_error& error) {
        return std::ferror(stdout) != 0 ? failed_to_write(error.code().value()) : failed(error.what());
    } catch (const std::exception& error) {
        return failed(error.what());
    }
    errno = 0;
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
        return failed_to_write(errno);
    // A network file system may say only now that it has no room. A descriptor that was closed from the start and that
    // nothing was written to is nobody's loss.
    if (std::fclose(stdout) != 0 && errno != EBADF)
        return failed_to_write(errno);
    return status;
}

}  // namespace kashim::cli
