// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/diagnoses.h"

#include "host/preload.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>

namespace kashim::reach {
namespace {

std::string or_guard(std::string_view first, int pid)
{
    return fmt::format("{}, or {}", first, guard(pid));
}

// The shared runtime of a sanitizer that insists on being the first library; empty where there is none.
std::string address_sanitizer(const ElfImage& image)
{
    const auto found = std::find_if(image.needed.begin(), image.needed.end(), [](const std::string& name) {
        return name.starts_with("libasan.so") || name.starts_with("libclang_rt.asan");
    });
    return found == image.needed.end() ? std::string() : *found;
}

// Of what is never preloaded, whoever starts it: run starts it as the guard's child.
std::string run_guarded(int pid)
{
    return pid == 0 ? std::string("\"kashim run\" guards it from outside; where it runs already: \"kashim guard PID\"")
                    : guard(pid);
}

}  // namespace

std::string guard(int pid)
{
    return pid == 0 ? std::string("start it, then run \"kashim guard PID\", which needs no preload")
                    : fmt::format("run \"kashim guard {}\", which needs no preload", pid);
}

std::optional<Diagnosis> out_of_reach(const ElfImage& image, int pid)
{
    if (image.go)
        return Diagnosis{
            Cause::go, Weight::obstacle,
            image.is_loaded_dynamically()
                ? "it is built by Go and makes system calls without the C library: a preloaded library is "
                  "loaded, but never asked (only what it calls in C is reached)"
                : "it is built by Go and statically linked: it makes system calls without the C library, and "
                  "has no loader that could preload anything",
            run_guarded(pid)};
    if (!image.is_loaded_dynamically())
        return Diagnosis{Cause::statically_linked, Weight::obstacle,
                         "it is statically linked: it has no loader that could preload anything", run_guarded(pid)};
    return std::nullopt;
}

void about_image(const ElfImage& image, Verdict& verdict)
{
    if (const std::string runtime = address_sanitizer(image); !runtime.empty())
        verdict.add(
            {Cause::asan, Weight::obstacle,
             fmt::format("it is built with AddressSanitizer, whose runtime {} refuses to start behind any preloaded "
                         "library",
                         runtime),
             fmt::format("set ASAN_OPTIONS=verify_asan_link_order=0, or LD_PRELOAD={}:{}", runtime,
                         host::kLibraryName)});
    if (image.libc() == Libc::other)
        verdict.add({Cause::libc, Weight::doubt,
                     fmt::format("its loader {} is neither glibc's nor musl's: whether it preloads is not known",
                                 image.interpreter),
                     "start it with KASHIM_LOG=info: the library says so when it is loaded"});
}

void about_library(const LibraryFile& library, const std::string& entry, const ElfImage& image, int pid,
                   Verdict& verdict)
{
    using State = LibraryFile::State;
    const bool bare = entry.find('/') == std::string::npos;
    switch (library.state) {
    case State::fits:
        break;
    case State::missing:
        verdict.add({Cause::library_missing, Weight::obstacle,
                     bare ? fmt::format("{} is in none of the folders where its loader looks{}", entry,
                                        pid == 0 ? "" : ", as that process sees the file system")
                          : fmt::format("the library {} does not exist{}", entry,
                                        pid == 0 ? "" : ", as that process sees the file system"),
                     or_guard("put the library there", pid)});
        break;
    case State::unreadable:
        verdict.add({Cause::library_unreadable, Weight::obstacle,
                     fmt::format("the library {} may not be read by the user who runs it", library.path),
                     or_guard("make the library and the folders above it readable to everybody", pid)});
        break;
    case State::noexec:
        verdict.add({Cause::library_noexec, Weight::obstacle,
                     fmt::format("the library {} is on a file system that is mounted noexec: the loader cannot map it",
                                 library.path),
                     or_guard("put the library on another file system", pid)});
        break;
    case State::other_kind:
        verdict.add({library.image.bits != image.bits ? Cause::word_size : Cause::architecture, Weight::obstacle,
                     fmt::format("it is a program for {}, and the library {} is for {}: its loader refuses it",
                                 image.architecture(), library.path, library.image.architecture()),
                     or_guard(fmt::format("install a library built for {}", image.architecture()), pid)});
        break;
    case State::unknown:
        verdict.add({Cause::library_unknown, Weight::doubt,
                     fmt::format("the library {} cannot be looked at: {}", library.path, std::strerror(library.error)),
                     ""});
        break;
    case State::no_library:
        verdict.add({Cause::library_broken, Weight::obstacle,
                     fmt::format("{} is no library: it is cut, or something else", library.path),
                     "install kashim again"});
        break;
    }
}

Diagnosis about_php(const std::vector<std::string>& extensions, std::string_view verb)
{
    return {Cause::php, Weight::remark,
            fmt::format("PHP before 8.5 may load its extensions with RTLD_DEEPBIND, past every preloaded library: "
                        "connections of PHP itself are reached, those of {} may not be ({})",
                        fmt::join(extensions, ", "), verb),
            "\"kashim guard PID\" covers them; or use the extensions' own settings"};
}

std::optional<std::string> preloaded_into_everything(const ElfImage& image, const host::Root& root)
{
    constexpr std::size_t kMost = 65536;
    if (image.libc() != Libc::glibc)
        return std::nullopt;
    for (const std::string& entry : host::library_entries(root.find("/etc/ld.so.preload").start(kMost))) {
        const LibraryFile library = find_library(entry, image, root, std::nullopt);
        if (library.state == LibraryFile::State::fits)
            return entry;
    }
    return std::nullopt;
}

}  // namespace kashim::reach
