// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "support/key_text.h"

#include <array>

namespace kashim::test {
namespace {

// In the order of the keys.
constexpr std::array<KeyText, 13> kTexts = {{
    {"true", "true"},                               // keepalive
    {"\"60s\"", "\"60s\""},                         // idle
    {"\"30s\"", "\"30s\""},                         // interval
    {"5", "5"},                                     // count
    {"\"off\"", "\"auto\""},                        // user_timeout
    {"\"respect\"", "\"override\""},                // app
    {"", "\"45s\""},                                // dead_after
    {"", "\"postgres behind the load balancer\""},  // name
    {"", "[\"pgbouncer\", \"/opt/app/bin/*\"]"},    // program
    {"", "\"*gunicorn*\""},                         // command
    {"", "\"outbound\""},                           // direction
    {"", "[5432, \"6000-6010\"]"},                  // port
    {"", "[\"10.0.0.0/8\", \"fd00::/8\"]"},         // peer
}};

}  // namespace

const KeyText& text_of(config::Key key)
{
    return kTexts[static_cast<std::size_t>(key)];
}

}  // namespace kashim::test
