// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "sockets/sockets.h"

#include "platform/socket.h"
#include "sockets/netlink.h"

#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <unordered_map>

namespace kashim::sockets {
namespace {

// A list comes in pieces of what the reader's buffer has shown to hold, up to 32 KiB (netlink_dump in
// net/netlink/af_netlink.c).
constexpr std::size_t kLargestPiece = 32768;

struct StateName {
    TcpState state;
    std::string_view name;
};
constexpr std::array kStates = {
    StateName{TcpState::established, "ESTABLISHED"}, StateName{TcpState::syn_sent, "SYN-SENT"},
    StateName{TcpState::fin_wait_1, "FIN-WAIT-1"},   StateName{TcpState::fin_wait_2, "FIN-WAIT-2"},
    StateName{TcpState::close_wait, "CLOSE-WAIT"},   StateName{TcpState::last_ack, "LAST-ACK"},
    StateName{TcpState::listen, "LISTEN"},           StateName{TcpState::closing, "CLOSING"},
};

constexpr std::uint32_t wanted_states()
{
    std::uint32_t bits = 0;
    for (const StateName& row : kStates)
        bits |= 1u << static_cast<unsigned>(row.state);
    return bits;
}

policy::Endpoint endpoint(const inet_diag_msg& message, const __be32* address, __be16 port)
{
    const auto family = message.idiag_family == AF_INET ? policy::Address::Family::ipv4 : policy::Address::Family::ipv6;
    return {policy::Address::from_bytes(reinterpret_cast<const unsigned char*>(address), family), ntohs(port)};
}

Timer timer_of(const inet_diag_msg& message)
{
    // The numbers are those of inet_sk_diag_fill in net/ipv4/inet_diag.c.
    constexpr std::array kKinds = {Timer::Kind::none, Timer::Kind::retransmit, Timer::Kind::keepalive,
                                   Timer::Kind::other, Timer::Kind::window_probe};
    const auto kind = message.idiag_timer < kKinds.size() ? kKinds[message.idiag_timer] : Timer::Kind::other;
    return {kind, message.idiag_retrans, std::chrono::milliseconds(message.idiag_expires)};
}

// What keepalive_time_elapsed counts (include/net/tcp.h).
std::chrono::milliseconds silence_of(std::span<const char> payload)
{
    const auto info = begin_of<tcp_info>(payload);
    return std::chrono::milliseconds(std::min(info.tcpi_last_data_recv, info.tcpi_last_ack_recv));
}

Socket socket_of(std::span<const char> payload, bool multipath)
{
    const auto message = begin_of<inet_diag_msg>(payload);
    Socket socket;
    socket.cookie = std::uint64_t{message.id.idiag_cookie[1]} << 32 | message.id.idiag_cookie[0];
    socket.inode = message.idiag_inode;
    socket.uid = message.idiag_uid;
    socket.state = static_cast<TcpState>(message.idiag_state);
    socket.multipath = multipath;
    socket.local = endpoint(message, message.id.idiag_src, message.id.idiag_sport);
    socket.peer = endpoint(message, message.id.idiag_dst, message.id.idiag_dport);
    socket.timer = timer_of(message);
    socket.receive_queue = message.idiag_rqueue;
    socket.send_queue = message.idiag_wqueue;
    std::span<const char> attributes = payload.subspan(std::min(sizeof message, payload.size()));
    while (const std::optional<Attribute> attribute = take<nlattr>(attributes)) {
        if (attribute->header->nla_type == INET_DIAG_SKV6ONLY)
            socket.only_ipv6 = begin_of<std::uint8_t>(attribute->payload) != 0;
        else if (attribute->header->nla_type == INET_DIAG_INFO)
            socket.silence = silence_of(attribute->payload);
    }
    return socket;
}

constexpr std::array<std::uint8_t, 2> kFamilies{AF_INET, AF_INET6};

struct Question {
    std::uint8_t family;
    bool multipath;
    Detail detail;
};

bool send_question(int netlink, std::uint32_t sequence, const Question& question)
{
    struct {
        nlmsghdr header{};
        inet_diag_req_v2 request{};
        nlattr attribute{.nla_len = sizeof(nlattr) + sizeof(std::uint32_t), .nla_type = INET_DIAG_REQ_PROTOCOL};
        std::uint32_t protocol = platform::kMultipathTcp;
    } whole;
    whole.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    whole.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    whole.header.nlmsg_seq = sequence;
    whole.request.sdiag_family = question.family;
    whole.request.idiag_states = wanted_states();
    if (question.detail != Detail::plain)
        whole.request.idiag_ext = 1 << (INET_DIAG_INFO - 1);
    // The field has eight bits. A kernel before 5.9 does not know the attribute: it looks for protocol 0, and has none.
    std::size_t size = sizeof whole;
    if (!question.multipath) {
        whole.request.sdiag_protocol = IPPROTO_TCP;
        size = offsetof(decltype(whole), attribute);
    }
    whole.header.nlmsg_len = static_cast<std::uint32_t>(size);
    return send(netlink, &whole, size, 0) == static_cast<ssize_t>(size);
}

// Reads the answer to the end, so that the next question finds an empty queue. Returns 0 or errno; EINTR: the list
// changed meanwhile.
int receive_answer(int netlink, std::uint32_t sequence, std::vector<char>& buffer, const Question& question,
                   std::vector<Socket>& sockets)
{
    bool interrupted = false;
    for (;;) {
        const ssize_t received = recv(netlink, buffer.data(), buffer.size(), 0);
        if (received < 0 && errno == EINTR)
            continue;
        if (received <= 0)
            return received < 0 ? errno : EPROTO;
        std::span<const char> rest(buffer.data(), static_cast<std::size_t>(received));
        while (const std::optional<Message> message = take<nlmsghdr>(rest)) {
            const nlmsghdr& header = *message->header;
            if (header.nlmsg_seq != sequence)
                continue;
            interrupted = interrupted || (header.nlmsg_flags & NLM_F_DUMP_INTR) != 0;
            if (header.nlmsg_type == NLMSG_DONE)
                return interrupted ? EINTR : 0;
            if (header.nlmsg_type == NLMSG_ERROR)
                return -begin_of<nlmsgerr>(message->payload).error;
            if (header.nlmsg_type != SOCK_DIAG_BY_FAMILY)
                continue;
            const Socket socket = socket_of(message->payload, question.multipath);
            if (socket.inode != 0 || question.detail == Detail::everything)
                sockets.push_back(socket);
        }
    }
}

// The subflows of a Multipath TCP socket carry its inode (mptcp_subflow_create_socket in net/mptcp/subflow.c).
void merge_subflows(std::vector<Socket>& sockets, std::size_t first_subflow, std::size_t first_multipath)
{
    if (first_multipath == sockets.size())
        return;
    std::unordered_map<std::uint32_t, Socket*> owners;
    for (std::size_t i = first_multipath; i < sockets.size(); ++i) {
        sockets[i].timer = {};
        if (sockets[i].inode != 0)
            owners.emplace(sockets[i].inode, &sockets[i]);
    }
    const auto sooner = [](const Timer& a, const Timer& b) {
        return a.kind != Timer::Kind::none && (b.kind == Timer::Kind::none || a.expires < b.expires);
    };
    for (std::size_t i = first_subflow; i < first_multipath; ++i) {
        const auto owner = owners.find(sockets[i].inode);
        if (owner == owners.end())
            continue;
        if (!owner->second->silence || sooner(sockets[i].timer, owner->second->timer)) {
            owner->second->timer = sockets[i].timer;
            owner->second->silence = sockets[i].silence;
        }
    }
    const auto begin = sockets.begin();
    const auto from = begin + static_cast<std::ptrdiff_t>(first_subflow);
    const auto to = begin + static_cast<std::ptrdiff_t>(first_multipath);
    sockets.erase(std::remove_if(from, to, [&](const Socket& s) { return owners.contains(s.inode); }), to);
}

}  // namespace

std::string_view to_text(TcpState state)
{
    const auto row = std::ranges::find(kStates, state, &StateName::state);
    return row != kStates.end() ? row->name : "?";
}

SockDiag::SockDiag(platform::Descriptor netlink) : netlink_(std::move(netlink)), buffer_(kLargestPiece) {}

int SockDiag::list(std::vector<Socket>& sockets, Detail detail)
{
    constexpr int kTries = 8;
    const auto ask = [&](const Question& question) {
        const std::size_t before = sockets.size();
        int error = EINTR;
        for (int i = 0; error == EINTR && i < kTries; ++i) {
            sockets.resize(before);
            ++sequence_;
            error = send_question(netlink_.get(), sequence_, question)
                        ? receive_answer(netlink_.get(), sequence_, buffer_, question, sockets)
                        : errno;
        }
        return error;
    };
    const std::size_t first = sockets.size();
    for (const std::uint8_t family : kFamilies) {
        if (const int error = ask({family, false, detail}); error != 0)
            return error;
    }
    // A kernel without Multipath TCP, or without its list, has no such sockets or tells of them as of subflows.
    const std::size_t first_multipath = sockets.size();
    for (const std::uint8_t family : kFamilies)
        ask({family, true, detail});
    merge_subflows(sockets, first, first_multipath);
    return 0;
}

}  // namespace kashim::sockets
