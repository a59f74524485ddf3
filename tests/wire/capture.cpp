// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "wire/capture.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <system_error>

namespace kashim::test {
namespace {

double seconds(const timespec& time)
{
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

double seconds_of(clockid_t clock)
{
    timespec time{};
    ::clock_gettime(clock, &time);
    return seconds(time);
}

template <typename Header>
std::optional<Header> header_at(const unsigned char* packet, std::size_t size, std::size_t offset)
{
    Header header;
    if (offset + sizeof header > size)
        return std::nullopt;
    std::memcpy(&header, packet + offset, sizeof header);
    return header;
}

/// None where the packet is not TCP. IPv6 extension headers do not occur here.
std::optional<Segment> segment_in(const unsigned char* packet, std::size_t size)
{
    if (size == 0)
        return std::nullopt;
    Segment segment;
    segment.ipv6 = packet[0] >> 4 == 6;
    std::size_t offset = sizeof(ip6_hdr);
    std::size_t end = 0;  // of the packet as its header has it
    if (segment.ipv6) {
        const auto ip = header_at<ip6_hdr>(packet, size, 0);
        if (!ip || ip->ip6_nxt != IPPROTO_TCP)
            return std::nullopt;
        end = offset + ntohs(ip->ip6_plen);
    } else {
        const auto ip = header_at<iphdr>(packet, size, 0);
        if (!ip || ip->version != 4 || ip->protocol != IPPROTO_TCP)
            return std::nullopt;
        offset = ip->ihl * 4U;
        end = ntohs(ip->tot_len);
    }
    const auto tcp = header_at<tcphdr>(packet, size, offset);
    if (!tcp)
        return std::nullopt;
    segment.source_port = ntohs(tcp->source);
    segment.destination_port = ntohs(tcp->dest);
    segment.sequence = ntohl(tcp->seq);
    segment.syn = tcp->syn != 0;
    segment.bare_acknowledgement = tcp->ack && !tcp->syn && !tcp->fin && !tcp->rst && end == offset + tcp->doff * 4U;
    return segment;
}

}  // namespace

Capture::Capture() : realtime_minus_monotonic_(seconds_of(CLOCK_REALTIME) - seconds_of(CLOCK_MONOTONIC))
{
    constexpr int kOn = 1;
    constexpr int kBuffer = 8 << 20;
    fd_ = ::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(ETH_P_ALL));
    if (fd_ < 0)
        throw std::system_error(errno, std::generic_category(), "packet socket");
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &kBuffer, sizeof kBuffer);
    if (::setsockopt(fd_, SOL_SOCKET, SO_TIMESTAMPNS, &kOn, sizeof kOn) != 0)
        throw std::system_error(errno, std::generic_category(), "SO_TIMESTAMPNS");
}

Capture::~Capture()
{
    ::close(fd_);
}

const std::vector<Segment>& Capture::segments()
{
    for (;;) {
        unsigned char packet[256];  // the headers
        alignas(cmsghdr) char control[CMSG_SPACE(sizeof(timespec))];
        sockaddr_ll from{};
        iovec piece{packet, sizeof packet};
        msghdr message{};
        message.msg_name = &from;
        message.msg_namelen = sizeof from;
        message.msg_iov = &piece;
        message.msg_iovlen = 1;
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        const ssize_t size = ::recvmsg(fd_, &message, 0);
        if (size < 0)
            break;
        // On a loopback every packet passes twice, on its way out and on its way in.
        const auto segment = segment_in(packet, static_cast<std::size_t>(size));
        const cmsghdr* stamp = CMSG_FIRSTHDR(&message);
        if (!segment || from.sll_pkttype != PACKET_OUTGOING || stamp == nullptr)
            continue;
        timespec time{};
        std::memcpy(&time, CMSG_DATA(stamp), sizeof time);
        segments_.push_back(*segment);
        segments_.back().time = seconds(time) - realtime_minus_monotonic_;
    }
    tpacket_stats lost{};
    socklen_t length = sizeof lost;
    ::getsockopt(fd_, SOL_PACKET, PACKET_STATISTICS, &lost, &length);
    if (lost.tp_drops > 0)
        throw std::runtime_error("the capture lost " + std::to_string(lost.tp_drops) + " packets");
    return segments_;
}

}  // namespace kashim::test
