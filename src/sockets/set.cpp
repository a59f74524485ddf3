// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "sockets/set.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>

namespace kashim::sockets {
namespace {

using policy::Option;

bool starts_probing(const Judgement& judgement)
{
    return judgement.after.keepalive && judgement.wrong.has(Option::keepalive);
}

}  // namespace

SocketChange set(const host::ProcessId& process, const std::string& name, int fd, Examined& examined)
{
    const Judgement& judgement = *examined.judgement;
    policy::OptionSet which = judgement.wrong;
    if (starts_probing(judgement))
        which = which | Option::idle;
    const platform::Outcome outcome = platform::set_values(examined.taken.get(), judgement.after, which, ::setsockopt);
    examined.taken.reset();
    return {process, name, fd, examined.subject, judgement, outcome.refused & judgement.wrong, outcome.error};
}

bool probes_at_once(const Examined& examined)
{
    const Judgement& judgement = *examined.judgement;
    const bool arms = starts_probing(judgement) || (judgement.after.keepalive && judgement.wrong.has(Option::idle));
    if (!arms || !examined.subject.peer)
        return false;
    tcp_info info{};
    socklen_t size = sizeof info;
    if (getsockopt(examined.taken.get(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
        return false;
    // Before the handshake is over the kernel has nothing to count from (tcp_finish_connect starts the timer).
    if (info.tcpi_state == static_cast<unsigned>(TcpState::syn_sent))
        return false;
    const std::chrono::milliseconds silence(std::min(info.tcpi_last_data_recv, info.tcpi_last_ack_recv));
    return silence >= judgement.after.idle;
}

}  // namespace kashim::sockets
