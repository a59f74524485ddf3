// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "cli/show/filter.h"
#include "loaded/effective.h"
#include "sockets/judgement.h"
#include "sockets/snapshot.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kashim::cli {

/// A process under whose descriptor a socket is.
struct Owner {
    pid_t pid = 0;
    std::string name;
    int fd = -1;
};

/// One socket as it is shown.
struct Row {
    enum class Whose : std::uint8_t {
        by_process,  ///< see owners
        unseen,      ///< by none that was seen, and some may not be looked into
        by_nobody,   ///< by no process that /proc shows
        queued,      ///< waits for its program to accept it
        closed,      ///< its program has closed it, the kernel ends the connection
    };

    sockets::Socket socket;
    Whose held = Whose::by_process;
    std::vector<Owner> owners;                                  ///< the one that decides first
    std::uint64_t netns = 0;                                    ///< inode of the network namespace
    bool elsewhere = false;                                     ///< it is not ours
    policy::Direction direction = policy::Direction::outbound;  ///< where there is a judgement
    std::optional<sockets::Judgement> judgement;                ///< none where the values could not be read
};

/// Something that could not be seen, and why.
struct Gap {
    sockets::Refusal refusal;   ///< of the first process
    std::size_t processes = 0;  ///< for this reason
    std::size_t sockets = 0;    ///< of these processes, shown without values; their other sockets cannot be told
};

/// What there is to show at one moment.
struct View {
    std::vector<Row> rows;                     ///< by process and descriptor; behind them those that no process holds
    std::vector<Gap> gaps;                     ///< processes, one for each reason
    std::vector<sockets::Refusal> namespaces;  ///< network namespaces whose sockets are not shown
    std::vector<pid_t> gone;                   ///< of the filter: they ended
    std::size_t unattributed = 0;  ///< sockets that --program left out though it may mean them: no process was seen
    std::size_t listeners = 0;     ///< left out by --state and its like alone
};

/// Takes nothing but a short look: every socket that the filter admits is taken, read and given back, none is set.
View look(sockets::Namespaces& namespaces, const loaded::Effective& effective, const ShowFilter& filter);

}  // namespace kashim::cli
