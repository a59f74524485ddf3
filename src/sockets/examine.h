// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "sockets/judgement.h"
#include "sockets/snapshot.h"
#include "sockets/taken.h"

namespace kashim::sockets {

/// One socket, taken, read and judged; nothing was set. Exactly one of these: gone, refusal, unconnected, judgement.
struct [[nodiscard]] Examined {
    bool gone = false;
    bool unconnected = false;  ///< it has lost its peer since it was listed: see subject_of()
    std::optional<Refusal> refusal;
    std::optional<Judgement> judgement;
    Subject subject;             ///< where there is a judgement
    platform::Descriptor taken;  ///< where there is a judgement: close it soon
};

Examined examine(const HeldProcess& target, const Held& held, const policy::Policy& policy,
                 Present present = Present::as_found, const Left* left = nullptr);

}  // namespace kashim::sockets
