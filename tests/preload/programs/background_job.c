// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT

// background_job tostop|plain NAME=VALUE... -- PROGRAM ARGUMENTS: runs the program with that environment as a
// background job of a new terminal, which is its standard error, as a shell's user does who ends a line with "&". Says
// what came to the terminal and how the job ended or stopped.
#include "common.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>

static const char kEnd[] = "the terminal's last words";

/// A terminal of its own session, in which this process is in the foreground.
static int open_terminal(int master, int tostop)
{
    CHECK(setsid() >= 0);
    const int terminal = open(ptsname(master), O_RDWR | O_CLOEXEC);  // the first a session's leader opens is its own
    struct termios settings;
    CHECK(terminal >= 0 && tcgetattr(terminal, &settings) == 0);
    settings.c_lflag = tostop ? settings.c_lflag | TOSTOP : settings.c_lflag & ~(tcflag_t)TOSTOP;
    CHECK(tcsetattr(terminal, TCSANOW, &settings) == 0 && tcgetpgrp(terminal) == getpgrp());
    return terminal;
}

static pid_t start_job(int terminal, char **environment, char **arguments)
{
    const pid_t job = fork();
    if (job == 0) {
        CHECK(setpgid(0, 0) == 0 && signal(SIGTTOU, SIG_DFL) != SIG_ERR);
        CHECK(getpgrp() != tcgetpgrp(terminal) && dup2(terminal, 2) == 2);
        execve(arguments[0], arguments, environment);
        _exit(126);
    }
    return job;
}

/// A terminal keeps the order: what was written before the last words is here when they are.
static void say_all(int master, int terminal)
{
    static char text[65536];
    size_t length = 0;
    CHECK(write(terminal, kEnd, sizeof kEnd - 1) > 0);
    while (strstr(text, kEnd) == NULL) {
        struct pollfd readable = {.fd = master, .events = POLLIN};
        CHECK(poll(&readable, 1, -1) == 1);
        const ssize_t more = read(master, text + length, sizeof text - 1 - length);
        CHECK(more > 0);
        length += (size_t)more;
    }
    CHECK(write(1, text, length) == (ssize_t)length);
    say("%s", "");
}

static int lead(int master, int tostop, char **environment, char **arguments)
{
    const int terminal = open_terminal(master, tostop);
    const pid_t job = start_job(terminal, environment, arguments);
    int status;
    CHECK(job > 0 && waitpid(job, &status, WUNTRACED) == job);
    say_all(master, terminal);
    if (WIFSTOPPED(status)) {
        say("the job: stopped by signal %d", WSTOPSIG(status));
        kill(job, SIGKILL);
        waitpid(job, NULL, 0);
    } else if (WIFEXITED(status)) {
        say("the job: exit %d", WEXITSTATUS(status));
    } else {
        say("the job: killed by signal %d", WTERMSIG(status));
    }
    return 0;
}

int main(int argc, char **argv)
{
    int separator = 2;
    while (separator < argc && strcmp(argv[separator], "--") != 0)
        ++separator;
    CHECK(separator + 1 < argc);
    argv[separator] = NULL;
    const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    CHECK(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);

    // The leader of a process group, as tests start programs, cannot begin a session.
    const pid_t leader = fork();
    if (leader == 0)
        _exit(lead(master, strcmp(argv[1], "tostop") == 0, argv + 2, argv + separator + 1));
    int status;
    CHECK(waitpid(leader, &status, 0) == leader);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
