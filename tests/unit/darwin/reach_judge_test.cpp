// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The judgement of a Mac (judge_program_darwin.cpp, judge_process_darwin.cpp), with files made byte by byte and a Mac that
// this test plays: which programs are protected, and which processor there is.
#include "reach/judge.h"
#include "reach/protection.h"
#include "support/macho.h"
#include "support/process.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace kashim::reach {

static MachCpu machine = MachCpu::arm64;

bool is_protected(const std::string& path)
{
    return path.starts_with("/usr/bin/") || path == "/bin/sh";
}

MachCpu this_machine()
{
    return machine;
}

}  // namespace kashim::reach

namespace kashim::test {
namespace {

using reach::MachCpu;
using reach::Step;

constexpr std::uint32_t kByLinker = 0x20002;
const Slice kArmProgram{.cpu = kArm64, .signatures = {{.flags = kByLinker}}};
const Slice kIntelProgram{.cpu = kX86_64};

class ReachDarwin : public testing::Test {
protected:
    ReachDarwin()
    {
        reach::machine = MachCpu::arm64;
        write_file(library(), universal({Slice{.cpu = kX86_64, .kind = kDylib}.bytes(),
                                         Slice{.cpu = kArm64, .kind = kDylib}.bytes()}));
    }

    std::string library() const { return folder_ / "libkashim.dylib"; }

    reach::ProgramChain chain(const std::vector<Slice>& slices, const std::vector<Step>& before = {}) const
    {
        std::vector<std::string> bytes;
        for (const Slice& slice : slices)
            bytes.push_back(slice.bytes());
        const std::string path = folder_ / "app";
        write_file(path, universal(bytes));
        reach::ProgramChain chain;
        chain.steps = before;
        chain.steps.push_back({Step::Kind::program, path, {}});
        chain.file = host::Root().find(path);
        chain.mach = reach::read_macho(chain.file.reader());
        chain.facts.executable = path;
        return chain;
    }

    // "reached: code, code"
    std::string said(const reach::ProgramChain& chain, unsigned uid = 0) const
    {
        return text_of(reach::judge_program(chain, {.uid = uid, .gid = uid}, library()));
    }

    static std::string text_of(const reach::Verdict& verdict)
    {
        std::string text(to_text(verdict.answer()));
        for (const reach::Diagnosis& diagnosis : verdict.diagnoses)
            text += (&diagnosis == &verdict.diagnoses.front() ? ": " : ", ") + std::string(to_text(diagnosis.cause));
        return text;
    }

    TempDir folder_;
};

TEST_F(ReachDarwin, AnOrdinaryProgramIsReachedByTheVariableWithTheWholePath)
{
    const reach::Verdict verdict = reach::judge_program(chain({kIntelProgram, kArmProgram}), {}, library());
    EXPECT_EQ(verdict.diagnoses,
              (std::vector<reach::Diagnosis>{{reach::Cause::preload, reach::Weight::note,
                                              "DYLD_INSERT_LIBRARIES=" + library() + " loads the library into it",
                                              "\"kashim run\" sets that"}}));
}

TEST_F(ReachDarwin, AProtectedProgramIsNotReachedAndNothingElseIsSaid)
{
    reach::ProgramChain program = chain({kArmProgram});
    program.facts.executable = "/usr/bin/curl";
    EXPECT_EQ(said(program), "not reached by a preload: sip");
}

TEST_F(ReachDarwin, AScriptForAProtectedInterpreterIsNotReached)
{
    reach::ProgramChain program = chain({kArmProgram}, {{Step::Kind::script, "/opt/tool", {}}});
    program.facts.executable = "/bin/sh";
    EXPECT_EQ(said(program), "not reached by a preload: sip, script");
}

TEST_F(ReachDarwin, AProtectedEnvTakesTheVariableAwayUnlessItIsNamedBehindIt)
{
    EXPECT_EQ(said(chain({kArmProgram}, {{Step::Kind::env, "/usr/bin/env", {}}})),
              "not reached by a preload: sip, script");
    EXPECT_EQ(said(chain({kArmProgram}, {{Step::Kind::env, "/usr/bin/env", true}})), "reached: script, preload");
    EXPECT_EQ(said(chain({kArmProgram}, {{Step::Kind::env, "/opt/bin/env", {}}})), "reached: script, preload");
    EXPECT_EQ(said(chain({kArmProgram}, {{Step::Kind::env, "/opt/bin/env", false}})),
              "not reached by a preload: cleared, script");
}

TEST_F(ReachDarwin, AnIntelProgramOnAnAppleProcessorTakesTheIntelPart)
{
    EXPECT_EQ(said(chain({kIntelProgram})), "reached: translated, preload");
    reach::machine = MachCpu::x86_64;
    EXPECT_EQ(said(chain({kIntelProgram})), "reached: preload");
    EXPECT_EQ(said(chain({kArmProgram})), "not reached by a preload: architecture");
}

TEST_F(ReachDarwin, ALibraryWithoutTheRightPartWouldKeepTheProgramFromStarting)
{
    EXPECT_EQ(said(chain({{.cpu = kArm64, .subtype = 2, .signatures = {{}}}})), "not reached by a preload: arm64e");
    write_file(library(), Slice{.cpu = kX86_64, .kind = kDylib}.bytes());
    EXPECT_EQ(said(chain({kArmProgram})), "not reached by a preload: architecture");
    EXPECT_EQ(said(chain({kIntelProgram})), "reached: translated, preload");
}

TEST_F(ReachDarwin, ALibraryThatIsNotThereOrNoneIsNamed)
{
    write_file(library(), "not a library");
    EXPECT_EQ(said(chain({kArmProgram})), "not reached by a preload: library-broken");
    std::filesystem::remove(library());
    EXPECT_EQ(said(chain({kArmProgram})), "not reached by a preload: library-missing");
}

TEST_F(ReachDarwin, OnlyTheSliceThatRunsCounts)
{
    const Slice hardened{.cpu = kX86_64, .signatures = {{.flags = 0x10000}}};
    EXPECT_EQ(said(chain({hardened, kArmProgram})), "reached: preload");
    reach::machine = MachCpu::x86_64;
    EXPECT_EQ(said(chain({hardened, kArmProgram})), "not reached by a preload: hardened");
}

TEST_F(ReachDarwin, ASetuidProgramIsReachedByItsOwnerOnly)
{
    reach::ProgramChain program = chain({kArmProgram});
    std::filesystem::permissions(program.facts.executable, std::filesystem::perms(04755));
    program.file = host::Root().find(program.facts.executable);
    const unsigned owner = program.file.status().st_uid;
    EXPECT_EQ(said(program, owner), "reached, with remarks: setuid, preload");
    EXPECT_EQ(said(program, owner + 1), "not reached by a preload: setuid");
}

TEST_F(ReachDarwin, AProgramThatCannotBeFoundIsUnknown)
{
    reach::ProgramChain program;
    program.broken = reach::Break{reach::Cause::not_found, "app does not exist", ""};
    EXPECT_EQ(said(program), "unknown: not-found");
}

reach::Process process_of(const Slice& slice)
{
    const std::string bytes = slice.bytes();
    reach::Process process;
    process.pid = 4711;
    process.sight = reach::Process::Sight::whole;
    process.executable = "/opt/app";
    process.mach = reach::read_macho([&bytes](std::uint64_t offset, std::span<char> memory) {
        return offset < bytes.size() ? bytes.copy(memory.data(), memory.size(), static_cast<std::size_t>(offset)) : 0;
    });
    return process;
}

TEST_F(ReachDarwin, AProcessWithTheLibraryIsReachedUnlessItWasSwitchedOff)
{
    reach::Process process = process_of(kArmProgram);
    process.mapped = {"/opt/app", "/usr/local/lib/libkashim.dylib"};
    EXPECT_EQ(text_of(reach::judge_process(process, library())), "reached: loaded");
    process.environment = {"KASHIM_DISABLE=1"};
    EXPECT_EQ(text_of(reach::judge_process(process, library())), "not reached by a preload: disabled, loaded");
}

TEST_F(ReachDarwin, AProcessWithoutItIsToldWhy)
{
    const auto why = [this](const reach::Process& process) {
        return text_of(reach::judge_process(process, library()));
    };
    reach::Process process = process_of(kArmProgram);
    EXPECT_EQ(why(process), "not reached by a preload: not-loaded, not-asked");
    process.environment = {"DYLD_INSERT_LIBRARIES=/a.dylib:/usr/local/lib/libkashim.dylib"};
    EXPECT_EQ(why(process), "not reached by a preload: not-loaded");
    process.mach->slices.at(0).signature.hardened = true;
    EXPECT_EQ(why(process), "not reached by a preload: not-loaded, hardened");
    process.secure = true;
    EXPECT_EQ(why(process), "not reached by a preload: not-loaded, secure, hardened");
    process.executable = "/usr/bin/app";
    EXPECT_EQ(why(process), "not reached by a preload: not-loaded, sip");
}

TEST_F(ReachDarwin, AProcessThatCannotBeLookedAtIsUnknown)
{
    reach::Process process;
    process.pid = 4711;
    process.sight = reach::Process::Sight::gone;
    EXPECT_EQ(text_of(reach::judge_process(process, library())), "unknown: gone");
    process.sight = reach::Process::Sight::denied;
    EXPECT_EQ(text_of(reach::judge_process(process, library())), "unknown: denied");
}

}  // namespace
}  // namespace kashim::test
