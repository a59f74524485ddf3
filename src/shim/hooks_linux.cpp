// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Names and nothing else: each hook says when its step is taken. The steps are in tune_linux.h. The two that mostly have
// nothing to do ask first, in a few instructions.
#include "platform/interpose.h"
#include "shim/tune_linux.h"

#include <sys/socket.h>

using namespace kashim::shim;

KASHIM_INTERPOSE(int, socket, (int domain, int type, int protocol))
{
    return opened(KASHIM_REAL(socket)(domain, type, protocol), domain, type, protocol);
}

KASHIM_INTERPOSE(int, connect, (int fd, const sockaddr* peer, socklen_t size))
{
    if (connects_unattended(fd))
        return KASHIM_REAL(connect)(fd, peer, size);
    const Attempt attempt = connecting(fd, peer, size);
    return connected(attempt, KASHIM_REAL(connect)(fd, peer, size));
}

KASHIM_INTERPOSE(int, listen, (int fd, int backlog))
{
    const Listener listener = about_to_listen(fd);
    return listening(listener, KASHIM_REAL(listen)(fd, backlog));
}

KASHIM_INTERPOSE(int, accept, (int fd, sockaddr* peer, socklen_t* size))
{
    return accepted(fd, KASHIM_REAL(accept)(fd, peer, size));
}

KASHIM_INTERPOSE(int, accept4, (int fd, sockaddr* peer, socklen_t* size, int flags))
{
    return accepted(fd, KASHIM_REAL(accept4)(fd, peer, size, flags));
}

KASHIM_INTERPOSE(int, setsockopt, (int fd, int level, int name, const void* value, socklen_t size))
{
    if (!follows_changes(level))
        return KASHIM_REAL(setsockopt)(fd, level, name, value, size);
    const Change change = about_to_change(fd, level, name);
    return changed(change, KASHIM_REAL(setsockopt)(fd, level, name, value, size));
}
