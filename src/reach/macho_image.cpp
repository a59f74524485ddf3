// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/macho_image.h"

#include <algorithm>

namespace kashim::reach {
namespace {

// mach/machine.h
constexpr unsigned kArm64e = 2;
constexpr unsigned kHaswell = 8;

std::string name_of(MachCpu cpu)
{
    switch (cpu) {
    case MachCpu::i386:
        return "i386";
    case MachCpu::x86_64:
        return "x86_64";
    case MachCpu::arm64:
        return "arm64";
    case MachCpu::powerpc:
        return "ppc";
    case MachCpu::powerpc64:
        return "ppc64";
    case MachCpu::unknown:
        break;
    }
    return "processor " + std::to_string(static_cast<std::uint32_t>(cpu));
}

}  // namespace

bool MachSlice::is_arm64e() const
{
    return cpu == MachCpu::arm64 && subtype == kArm64e;
}

bool MachSlice::takes(const MachSlice& other) const
{
    return cpu == other.cpu && is_arm64e() == other.is_arm64e();
}

std::string MachSlice::architecture() const
{
    if (is_arm64e())
        return "arm64e";
    return cpu == MachCpu::x86_64 && subtype == kHaswell ? "x86_64h" : name_of(cpu);
}

bool MachFile::is_program() const
{
    return std::any_of(slices.begin(), slices.end(), [](const MachSlice& slice) { return slice.program; });
}

std::string MachFile::architectures() const
{
    std::string text;
    for (const MachSlice& slice : slices)
        text += (text.empty() ? "" : ", ") + slice.architecture();
    return text;
}

const MachSlice* MachFile::for_machine(MachCpu machine) const
{
    const auto first = [this](auto&& suits) {
        const auto found = std::find_if(slices.begin(), slices.end(), suits);
        return found == slices.end() ? nullptr : &*found;
    };
    if (const auto* own = first([machine](const MachSlice& s) { return s.cpu == machine && !s.is_arm64e(); }))
        return own;
    if (const auto* other = first([machine](const MachSlice& s) { return s.cpu == machine; }))
        return other;
    return machine == MachCpu::arm64 ? first([](const MachSlice& s) { return s.cpu == MachCpu::x86_64; }) : nullptr;
}

}  // namespace kashim::reach
