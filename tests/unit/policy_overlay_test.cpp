// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/overlay.h"

#include <gtest/gtest.h>

namespace kashim::test {
namespace {

using policy::App;
using policy::Keepalive;
using policy::Milliseconds;
using policy::Overlay;
using policy::Seconds;
using policy::Settings;
using policy::UserTimeout;

const UserTimeout kOneMinute{UserTimeout::Kind::fixed, Milliseconds(60000)};

Settings some_rule()
{
    return {Keepalive::off, App::cap, 7, Seconds(11), Seconds(13), kOneMinute};
}

TEST(PolicyOverlay, AnEmptyOneChangesNothing)
{
    EXPECT_TRUE(Overlay{}.empty());
    EXPECT_EQ(Overlay{}.over(some_rule()), some_rule());
}

TEST(PolicyOverlay, EachKeyReplacesItsOwnValueAndNoOther)
{
    const auto check = [](const char* key, auto set, auto expect) {
        Overlay overlay;
        set(overlay);
        Settings expected = some_rule();
        expect(expected);
        EXPECT_FALSE(overlay.empty()) << key;
        EXPECT_EQ(overlay.over(some_rule()), expected) << key;
    };
    check(
        "keepalive", [](Overlay& o) { o.keepalive = Keepalive::on; }, [](Settings& s) { s.keepalive = Keepalive::on; });
    check(
        "app", [](Overlay& o) { o.app = App::override; }, [](Settings& s) { s.app = App::override; });
    check(
        "idle", [](Overlay& o) { o.idle = Seconds(1); }, [](Settings& s) { s.idle = Seconds(1); });
    check(
        "interval", [](Overlay& o) { o.interval = Seconds(2); }, [](Settings& s) { s.interval = Seconds(2); });
    check(
        "count", [](Overlay& o) { o.count = std::uint8_t{3}; }, [](Settings& s) { s.count = 3; });
    check(
        "user_timeout",
        [](Overlay& o) {
            o.user_timeout = UserTimeout{UserTimeout::Kind::automatic, {}};
        },
        [](Settings& s) {
            s.user_timeout = {UserTimeout::Kind::automatic, {}};
        });
    check(
        "user_timeout off", [](Overlay& o) { o.user_timeout = UserTimeout{}; },
        [](Settings& s) { s.user_timeout = {}; });
}

TEST(PolicyOverlay, ARuleThatSaysLeaveIsLeft)
{
    Settings leave = some_rule();
    leave.keepalive = Keepalive::leave;
    Overlay overlay;
    overlay.keepalive = Keepalive::on;
    overlay.app = App::override;
    overlay.idle = Seconds(1);
    EXPECT_EQ(overlay.over(leave), leave);
}

TEST(PolicyOverlay, ItMaySayLeaveItself)
{
    Overlay overlay;
    overlay.keepalive = Keepalive::leave;
    EXPECT_EQ(overlay.over(some_rule()).keepalive, Keepalive::leave);
}

}  // namespace
}  // namespace kashim::test
