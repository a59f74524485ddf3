// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "guard/rules.h"

#include "text/findings.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

namespace kashim::guard {
namespace {

using Kind = config::Located::Kind;

std::size_t append_errors(const loaded::Effective& effective, std::vector<std::string>& messages)
{
    std::size_t errors = 0;
    for (const text::TextFindings& about : text::findings_of(effective)) {
        for (const config::Finding& finding : about.findings) {
            if (finding.severity != config::Severity::error)
                continue;
            messages.push_back(config::to_text(about.name, finding));
            ++errors;
        }
    }
    return errors;
}

std::string name_of(const config::Located& located)
{
    return located.path.empty() ? "the built-in defaults" : located.path;
}

}  // namespace

GuardRules::GuardRules(loaded::ConfigurationRequest request) : request_(std::move(request))
{
    // Twice: the first time tells where the search looks, so that the second one's signature is older than what it read.
    read();
    in_force_ = read();
}

std::unique_ptr<loaded::Effective> GuardRules::read()
{
    signature_ = seen_ = signature();
    auto effective = std::make_unique<loaded::Effective>(loaded::effective(request_, config::Warnings::no));
    places_ = effective->file.located.asked;
    if (!request_.config.empty())
        places_ = {request_.config};
    return effective;
}

std::string GuardRules::signature() const
{
    std::string text;
    for (const std::string& place : places_) {
        struct stat status {};
        if (::stat(place.c_str(), &status) != 0)
            text += fmt::format("{}: errno {}\n", place, errno);
        else
            text += fmt::format("{}: {}:{} {} {}.{} {}.{} {:o}\n", place, status.st_dev, status.st_ino, status.st_size,
                                status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec,
                                status.st_ctim.tv_nsec, status.st_mode);
    }
    return text;
}

GuardRules::Change GuardRules::look()
{
    const std::string now = signature();
    const bool settled = now == std::exchange(seen_, now);
    if (now == signature_)
        return Change::none;
    return settled ? Change::settled : Change::unsettled;
}

GuardRules::Reload GuardRules::read_again()
{
    std::unique_ptr<loaded::Effective> fresh = read();
    Reload reload;
    const config::Located& earlier = in_force_->file.located;
    const config::Located& now = fresh->file.located;
    if (!fresh->good()) {
        const std::size_t errors = append_errors(*fresh, reload.messages);
        reload.messages.push_back(fmt::format("errors: {}; the rules of {} as they were read before stay in force",
                                              errors, name_of(earlier)));
        return reload;
    }
    if (earlier.kind == Kind::file && now.kind == Kind::built_in) {
        reload.messages.push_back(
            fmt::format("{}: error: the file is gone; its rules as they were read before stay in force", earlier.path));
        return reload;
    }
    reload.good = true;
    reload.messages.push_back(
        fmt::format("{}: read again and in force, rules: {}", name_of(now), fresh->parsed.rules.rules.size()));
    reload.earlier = std::exchange(in_force_, std::move(fresh));
    return reload;
}

}  // namespace kashim::guard
