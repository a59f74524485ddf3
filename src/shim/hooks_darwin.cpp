// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Names and nothing else: each hook says when its step is taken. The steps are in tune_darwin.h. Nothing happens at
// socket() and listen(), so they are not here.
#include "platform/interpose.h"
#include "shim/tune_darwin.h"

#include <sys/socket.h>
#include <sys/uio.h>

using namespace kashim::shim;

// The same functions as what is built to be no cancellation point calls them (sys/cdefs.h, __DARWIN_NON_CANCELABLE).
extern "C" {
decltype(connect) connect_nocancel __asm("_connect$NOCANCEL");
decltype(accept) accept_nocancel __asm("_accept$NOCANCEL");
}

KASHIM_INTERPOSE(int, connect, (int fd, const sockaddr* peer, socklen_t size))
{
    const Attempt attempt = connecting(fd, peer, size);
    return connected(attempt, KASHIM_REAL(connect)(fd, peer, size));
}

KASHIM_INTERPOSE(int, connect_nocancel, (int fd, const sockaddr* peer, socklen_t size))
{
    const Attempt attempt = connecting(fd, peer, size);
    return connected(attempt, KASHIM_REAL(connect_nocancel)(fd, peer, size));
}

KASHIM_INTERPOSE(int, connectx,
                 (int fd, const sa_endpoints_t* endpoints, sae_associd_t association, unsigned int flags,
                  const struct iovec* data, unsigned int data_count, size_t* sent, sae_connid_t* connection))
{
    const Attempt attempt = connecting(fd, endpoints);
    return connected(attempt,
                     KASHIM_REAL(connectx)(fd, endpoints, association, flags, data, data_count, sent, connection));
}

KASHIM_INTERPOSE(int, accept, (int fd, sockaddr* peer, socklen_t* size))
{
    return accepted(KASHIM_REAL(accept)(fd, peer, size));
}

KASHIM_INTERPOSE(int, accept_nocancel, (int fd, sockaddr* peer, socklen_t* size))
{
    return accepted(KASHIM_REAL(accept_nocancel)(fd, peer, size));
}

KASHIM_INTERPOSE(int, setsockopt, (int fd, int level, int name, const void* value, socklen_t size))
{
    if (!follows_changes(level))
        return KASHIM_REAL(setsockopt)(fd, level, name, value, size);
    const Change change = about_to_change(fd, level, name);
    return changed(change, KASHIM_REAL(setsockopt)(fd, level, name, value, size));
}
