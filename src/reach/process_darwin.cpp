// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/process.h"

#include "host/process_strings_darwin.h"

#include <libproc.h>
#include <sys/proc.h>

#include <cerrno>
#include <set>

namespace kashim::reach {
namespace {

template <typename Info>
bool ask(int pid, int flavour, std::uint64_t argument, Info& info)
{
    return ::proc_pidinfo(pid, flavour, argument, &info, sizeof info) == static_cast<int>(sizeof info);
}

// As lsof(8) finds them. The shared cache of the system's own libraries has no paths; ours is never in it.
std::vector<std::string> files_in(int pid)
{
    constexpr int kMostRegions = 1'000'000;
    std::set<std::string> files;
    std::uint64_t address = 0;
    proc_regionwithpathinfo region{};
    for (int i = 0; i < kMostRegions && ask(pid, PROC_PIDREGIONPATHINFO, address, region); ++i) {
        if (region.prp_vip.vip_path[0] != '\0')
            files.emplace(region.prp_vip.vip_path);
        const std::uint64_t next = region.prp_prinfo.pri_address + region.prp_prinfo.pri_size;
        if (next <= address)
            break;
        address = next;
    }
    return {files.begin(), files.end()};
}

void read_inside(Process& process)
{
    const host::ProcessStrings strings = host::process_strings(process.pid);
    process.environment = strings.environment;
    process.mapped = files_in(process.pid);
    // The kernel tells neither of another user's process.
    process.sight = strings.error == 0 || !process.mapped.empty() ? Process::Sight::whole : Process::Sight::denied;
    proc_bsdinfo more{};
    if (ask(process.pid, PROC_PIDTBSDINFO, 0, more))
        process.started = static_cast<std::int64_t>(more.pbi_start_tvsec);
    proc_vnodepathinfo folders{};
    if (ask(process.pid, PROC_PIDVNODEPATHINFO, 0, folders))
        process.folder = folders.pvi_cdir.vip_path;
    process.executable = host::executable_of(process.pid);
    process.mach = read_macho(host::Root().find(process.executable).reader());
    process.program_known = process.mach.has_value();
}

}  // namespace

Process look_at_process(int pid)
{
    Process process;
    process.pid = pid;
    proc_bsdshortinfo basic{};
    errno = 0;
    if (!ask(pid, PROC_PIDT_SHORTBSDINFO, 0, basic)) {
        process.sight = errno == ESRCH || errno == 0 ? Process::Sight::gone : Process::Sight::denied;
        return process;
    }
    process.user = {basic.pbsi_ruid, basic.pbsi_rgid, {}};
    process.parent = static_cast<int>(basic.pbsi_ppid);
    process.secure = (basic.pbsi_flags & PROC_FLAG_PSUGID) != 0;
    if (basic.pbsi_status == SZOMB)
        process.sight = Process::Sight::ended;
    else
        read_inside(process);
    return process;
}

std::optional<std::string> variable_of(int pid, std::string_view name)
{
    Process process;
    process.environment = host::process_strings(pid).environment;
    const char* const value = process.variable(name);
    return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

}  // namespace kashim::reach
