// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/protection.h"

#include "host/root.h"
#include "reach/macho_diagnoses.h"

#include <sys/stat.h>
#include <sys/sysctl.h>

namespace kashim::reach {
namespace {

constexpr std::uint32_t kRestricted = 0x00080000;  // SF_RESTRICTED in sys/stat.h, for the system's own eyes there

}  // namespace

bool is_protected(const std::string& path)
{
    const host::FileEntry file = host::Root().find(path);
    return file && (is_below_protected_folder(file.path()) || (file.status().st_flags & kRestricted) != 0);
}

MachCpu this_machine()
{
    int arm = 0;
    std::size_t size = sizeof arm;
    const bool known = ::sysctlbyname("hw.optional.arm64", &arm, &size, nullptr, 0) == 0;
    return known && arm == 1 ? MachCpu::arm64 : MachCpu::x86_64;
}

}  // namespace kashim::reach
