// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "sockets/examine.h"

namespace kashim::sockets {

Examined examine(const HeldProcess& target, const Held& held, const policy::Policy& policy, Present present,
                 const Left* left)
{
    Examined examined;
    Taken taken = target.take(held.fd, *held.socket);
    examined.gone = taken.gone;
    examined.refusal = std::move(taken.refusal);
    if (!taken)
        return examined;
    auto subject = subject_of(taken.fd.get(), held.network->listeners);
    if (!subject) {
        examined.unconnected = true;
        return examined;
    }
    if (left != nullptr && left->direction == policy::Direction::inbound)
        subject->direction = policy::Direction::inbound;
    examined.subject = *subject;
    examined.judgement = judge(policy, *subject, platform::read_values(taken.fd.get(), policy::OptionSet::all()),
                               held.network->untouched, present, left);
    examined.taken = std::move(taken.fd);
    return examined;
}

}  // namespace kashim::sockets
