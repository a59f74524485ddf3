// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/commands.h"
#include "cli/output.h"

static int run_command(int argc, char** argv)
{
    using namespace kashim::cli;
    CommandLine command_line;
    add_run(command_line);
    add_check(command_line);
    add_explain(command_line);
    add_doctor(command_line);
    add_socket_commands(command_line);
    add_compile(command_line);
    return command_line.run(argc, argv);
}

int main(int argc, char** argv)
{
    return kashim::cli::with_all_written([argc, argv] { return run_command(argc, argv); });
}
