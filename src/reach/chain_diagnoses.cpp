// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/chain_diagnoses.h"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>

namespace kashim::reach {
namespace {

std::string group_name(unsigned gid)
{
    const group* const known = getgrgid(gid);
    return known != nullptr ? known->gr_name : fmt::format("gid {}", gid);
}

std::string chain_text(const ProgramChain& program)
{
    std::string text;
    for (std::size_t i = 0; i < program.steps.size(); ++i) {
        const Step& step = program.steps[i];
        if (i != 0)
            text += step.kind == Step::Kind::program ? ", then the program " : ", then ";
        text += step.path;
        if (step.kind == Step::Kind::shell)
            text += " (a text without a #! line)";
    }
    return text;
}

}  // namespace

void about_chain(const ProgramChain& program, Verdict& verdict)
{
    if (program.is_script())
        verdict.add({Cause::script, Weight::note, fmt::format("what is executed: {}", chain_text(program)),
                     "what a script starts is a program of its own: ask about that too"});
}

Right right_of(const Privileges& privileges, const Starter& starter)
{
    if (privileges.setuid && (privileges.owner != starter.uid || !privileges.setgid))
        return {Cause::setuid, fmt::format("it is setuid {}", user_name(privileges.owner))};
    if (privileges.setgid)
        return {Cause::setgid, fmt::format("it is setgid {}", group_name(privileges.group))};
    return {Cause::capabilities, "it has file capabilities"};
}

std::string user_name(unsigned uid)
{
    const passwd* const known = getpwuid(uid);
    return known != nullptr ? known->pw_name : fmt::format("uid {}", uid);
}

}  // namespace kashim::reach
