// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/who_wins.h"

#include "fuzz/random.h"

#include <gtest/gtest.h>

#include <array>
#include <ostream>
#include <string>
#include <vector>

namespace kashim::policy {

static std::ostream& operator<<(std::ostream& stream, const Values& values)
{
    return stream << (values.keepalive ? "on " : "off ") << values.idle.count() << "/" << values.interval.count() << "/"
                  << int{values.count} << " user_timeout " << values.user_timeout.count() << "ms";
}

static std::ostream& operator<<(std::ostream& stream, const Settings& settings)
{
    constexpr std::array kKeepalive{"off", "on", "leave"};
    constexpr std::array kApp{"respect", "cap", "override"};
    constexpr std::array kUserTimeout{"off", "auto", "fixed"};
    return stream << kApp[static_cast<std::size_t>(settings.app)] << " "
                  << kKeepalive[static_cast<std::size_t>(settings.keepalive)] << " " << settings.idle.count() << "/"
                  << settings.interval.count() << "/" << int{settings.count} << " user_timeout "
                  << kUserTimeout[static_cast<std::size_t>(settings.user_timeout.kind)] << " "
                  << settings.user_timeout.limit.count() << "ms";
}

}  // namespace kashim::policy

namespace kashim::test {
namespace {

using policy::App;
using policy::Keepalive;
using policy::kLinuxValues;
using policy::Milliseconds;
using policy::Option;
using policy::OptionSet;
using policy::Seconds;
using policy::Settings;
using policy::UserTimeout;
using policy::Values;
using policy::who_wins;

const UserTimeout kOff{};
const UserTimeout kAutomatic{UserTimeout::Kind::automatic, Milliseconds(0)};

UserTimeout fixed(std::uint32_t milliseconds)
{
    return {UserTimeout::Kind::fixed, Milliseconds(milliseconds)};
}

Settings settings(App app, unsigned idle, unsigned interval, unsigned count, UserTimeout user_timeout = kOff,
                  Keepalive keepalive = Keepalive::on)
{
    return {keepalive,
            app,
            static_cast<std::uint8_t>(count),
            Seconds(static_cast<std::uint16_t>(idle)),
            Seconds(static_cast<std::uint16_t>(interval)),
            user_timeout};
}

Values values(bool keepalive, unsigned idle, unsigned interval, unsigned count, std::uint32_t user_timeout = 0)
{
    return {keepalive, static_cast<std::uint8_t>(count), Seconds(static_cast<std::uint16_t>(idle)),
            Seconds(static_cast<std::uint16_t>(interval)), Milliseconds(user_timeout)};
}

const OptionSet kNone{};
const OptionSet kAll = OptionSet::all();
const OptionSet kTimes = Option::idle | Option::interval | Option::count;

std::int64_t dead_after(const Values& values)
{
    return policy::dead_after(values.idle, values.interval, values.count).count();
}

std::int64_t dead_after(const Settings& settings)
{
    return policy::dead_after(settings.idle, settings.interval, settings.count).count();
}

// --- respect -------------------------------------------------------------------------------------

TEST(PolicyRespect, OursWhereTheProgramSetNothing)
{
    EXPECT_EQ(who_wins(settings(App::respect, 60, 15, 4, fixed(9000)), kLinuxValues, kNone),
              values(true, 60, 15, 4, 9000));
}

TEST(PolicyRespect, TheProgramsOptionByOptionAndOursFillTheRest)
{
    const Settings ours = settings(App::respect, 60, 15, 4, fixed(9000));
    EXPECT_EQ(who_wins(ours, values(false, 300, 75, 9), Option::idle), values(true, 300, 15, 4, 9000));
    EXPECT_EQ(who_wins(ours, values(false, 7200, 100, 9), Option::interval), values(true, 60, 100, 4, 9000));
    EXPECT_EQ(who_wins(ours, values(false, 7200, 75, 3), Option::count), values(true, 60, 15, 3, 9000));
    EXPECT_EQ(who_wins(ours, values(false, 7200, 75, 9), Option::keepalive), values(false, 60, 15, 4, 9000));
    EXPECT_EQ(who_wins(ours, values(false, 7200, 75, 9, 700), Option::user_timeout), values(true, 60, 15, 4, 700));
}

TEST(PolicyRespect, ASlowerProgramStaysSlower)
{
    EXPECT_EQ(who_wins(settings(App::respect, 60, 15, 4), values(true, 7200, 75, 9), kAll), values(true, 7200, 75, 9));
}

// --- cap -----------------------------------------------------------------------------------------

TEST(PolicyCap, OursWhereTheProgramSetNothing)
{
    EXPECT_EQ(who_wins(settings(App::cap, 60, 15, 4, fixed(9000)), kLinuxValues, kNone), values(true, 60, 15, 4, 9000));
}

TEST(PolicyCap, GosFifteenFifteenNineComesDownToSevenProbes)
{
    EXPECT_EQ(who_wins(settings(App::cap, 60, 15, 4), values(true, 15, 15, 9), kTimes | Option::keepalive),
              values(true, 15, 15, 7));
}

TEST(PolicyCap, NodesOneOneTenStays)
{
    EXPECT_EQ(who_wins(settings(App::cap, 60, 15, 4), values(true, 1, 1, 10), kTimes | Option::keepalive),
              values(true, 1, 1, 10));
}

TEST(PolicyCap, ASlowerProgramGetsOurTimes)
{
    EXPECT_EQ(who_wins(settings(App::cap, 60, 15, 4), values(true, 7200, 75, 9), kAll), values(true, 60, 15, 4));
    EXPECT_EQ(who_wins(settings(App::cap, 60, 15, 4), values(true, 60, 60, 9), kAll), values(true, 60, 15, 4));
}

TEST(PolicyCap, ProbingIsOnIfEitherWantsIt)
{
    EXPECT_TRUE(who_wins(settings(App::cap, 60, 15, 4), values(false, 60, 15, 4), kAll).keepalive);
    EXPECT_TRUE(who_wins(settings(App::cap, 60, 15, 4), values(true, 60, 15, 4), kAll).keepalive);
}

TEST(PolicyCap, ACountTheProgramLeftAloneIsOurs)
{
    EXPECT_EQ(who_wins(settings(App::cap, 60, 15, 4), values(true, 10, 5, 9), Option::idle | Option::interval),
              values(true, 10, 5, 4));
}

TEST(PolicyCap, ASmallerCountOfTheProgramStays)
{
    EXPECT_EQ(who_wins(settings(App::cap, 60, 15, 4), values(true, 60, 15, 2), kAll), values(true, 60, 15, 2));
    EXPECT_EQ(who_wins(settings(App::cap, 1, 1, 1), values(true, 1, 1, 127), kAll), values(true, 1, 1, 1));
}

TEST(PolicyCap, TheSmallerUserTimeoutWinsAndOffIsNotSmall)
{
    const auto timeout = [](UserTimeout ours, std::uint32_t programs) {
        return who_wins(settings(App::cap, 60, 15, 4, ours), values(true, 60, 15, 4, programs), kAll)
            .user_timeout.count();
    };
    EXPECT_EQ(timeout(fixed(5000), 3000), 3000u);
    EXPECT_EQ(timeout(fixed(5000), 8000), 5000u);
    EXPECT_EQ(timeout(fixed(5000), 0), 5000u);
    EXPECT_EQ(timeout(kOff, 8000), 8000u);
    EXPECT_EQ(timeout(kOff, 0), 0u);
    EXPECT_EQ(timeout(kAutomatic, 0), 120000u);
    EXPECT_EQ(timeout(kAutomatic, 600000), 120000u);
    EXPECT_EQ(timeout(kAutomatic, 30000), 30000u);
}

TEST(PolicyCap, WithKeepaliveFalseItActsAsRespect)
{
    const Settings cap = settings(App::cap, 60, 15, 4, kOff, Keepalive::off);
    EXPECT_EQ(who_wins(cap, kLinuxValues, kNone), values(false, 60, 15, 4));
    EXPECT_EQ(who_wins(cap, values(true, 7200, 75, 9, 600000), kAll), values(true, 7200, 75, 9, 600000));
    EXPECT_EQ(who_wins(cap, values(true, 60, 15, 4), Option::keepalive), values(true, 60, 15, 4));
}

// --- override ------------------------------------------------------------------------------------

TEST(PolicyOverride, OursWhateverTheProgramSet)
{
    const Settings ours = settings(App::override, 60, 15, 4, fixed(9000));
    for (const OptionSet programs : {kNone, kAll, kTimes, OptionSet(Option::user_timeout)})
        EXPECT_EQ(who_wins(ours, values(false, 1, 1, 1, 1), programs), values(true, 60, 15, 4, 9000));
}

TEST(PolicyOverride, KeepaliveFalseKeepsProbingOff)
{
    EXPECT_EQ(who_wins(settings(App::override, 60, 15, 4, kOff, Keepalive::off), values(true, 1, 1, 1, 1), kAll),
              values(false, 60, 15, 4));
}

// --- leave ---------------------------------------------------------------------------------------

TEST(PolicyLeave, LeavesInEveryMode)
{
    const Values now = values(true, 300, 100, 3, 77);
    for (const App app : {App::respect, App::cap, App::override}) {
        const Settings leave = settings(app, 60, 15, 4, kAutomatic, Keepalive::leave);
        EXPECT_EQ(who_wins(leave, now, kNone), now);
        EXPECT_EQ(who_wins(leave, now, kAll), now);
        EXPECT_FALSE(follow_program(leave));
    }
}

// --- user_timeout = "auto" -----------------------------------------------------------------------

TEST(PolicyAuto, IsDeadAfterOfTheValuesInForceInEveryMode)
{
    const Values slower = values(true, 300, 100, 3);
    EXPECT_EQ(who_wins(settings(App::respect, 60, 15, 4, kAutomatic), kLinuxValues, kNone).user_timeout.count(),
              120000u);
    EXPECT_EQ(who_wins(settings(App::respect, 60, 15, 4, kAutomatic), slower, kTimes).user_timeout.count(), 600000u);
    EXPECT_EQ(who_wins(settings(App::respect, 60, 15, 4, kAutomatic), slower, Option::idle).user_timeout.count(),
              360000u);
    EXPECT_EQ(who_wins(settings(App::cap, 60, 15, 4, kAutomatic), slower, kTimes).user_timeout.count(), 105000u);
    EXPECT_EQ(who_wins(settings(App::override, 60, 15, 4, kAutomatic), slower, kAll).user_timeout.count(), 120000u);
}

TEST(PolicyAuto, IsOffWithoutProbing)
{
    for (const App app : {App::respect, App::cap, App::override}) {
        const Settings off = settings(app, 60, 15, 4, kAutomatic, Keepalive::off);
        EXPECT_EQ(who_wins(off, kLinuxValues, kNone).user_timeout.count(), 0u);
    }
    const Settings ours = settings(App::respect, 60, 15, 4, kAutomatic);
    EXPECT_EQ(who_wins(ours, values(false, 60, 15, 4), Option::keepalive).user_timeout.count(), 0u);
    const Settings off = settings(App::respect, 60, 15, 4, kAutomatic, Keepalive::off);
    EXPECT_EQ(who_wins(off, values(true, 60, 15, 4), Option::keepalive).user_timeout.count(), 120000u);
}

TEST(PolicyAuto, EndsAtWhatTheKernelCanHold)
{
    const auto timeout = [](unsigned idle, unsigned interval, unsigned count) {
        return policy::wanted(settings(App::respect, idle, interval, count, kAutomatic)).user_timeout.count();
    };
    EXPECT_EQ(timeout(32767, 32767, 127), 2147483647u);
    EXPECT_EQ(timeout(32767, 32767, 64), 2129855000u);
    EXPECT_EQ(timeout(18000, 32767, 65), 2147483647u);
    EXPECT_EQ(timeout(17628, 32767, 65), 2147483000u);  // the largest whole second below
    EXPECT_EQ(timeout(17629, 32767, 65), 2147483647u);
}

TEST(PolicyAuto, YieldsToAUserTimeoutOfTheProgramsOwn)
{
    EXPECT_EQ(
        who_wins(settings(App::respect, 60, 15, 4, kAutomatic), values(true, 60, 15, 4, 700), Option::user_timeout)
            .user_timeout.count(),
        700u);
}

TEST(PolicyFollow, OnlyCapOverrideAndAutoCareWhatTheProgramDoesLater)
{
    EXPECT_FALSE(follow_program(settings(App::respect, 60, 15, 4)));
    EXPECT_FALSE(follow_program(settings(App::respect, 60, 15, 4, fixed(1))));
    EXPECT_TRUE(follow_program(settings(App::respect, 60, 15, 4, kAutomatic)));
    EXPECT_TRUE(follow_program(settings(App::cap, 60, 15, 4)));
    EXPECT_TRUE(follow_program(settings(App::override, 60, 15, 4)));
}

// --- whose is it? --------------------------------------------------------------------------------

TEST(PolicySetByProgram, WhatDiffersFromTheBaseIsTheProgramsOneByOne)
{
    const Settings base = settings(App::respect, 60, 15, 4, fixed(9000));
    const auto programs = [&base](const Values& now) { return set_by_program(now, {&base, 1}, {}); };
    EXPECT_EQ(programs(values(true, 60, 15, 4, 9000)), kNone);
    EXPECT_EQ(programs(values(true, 61, 15, 4, 9000)), OptionSet(Option::idle));
    EXPECT_EQ(programs(values(true, 60, 14, 4, 9000)), OptionSet(Option::interval));
    EXPECT_EQ(programs(values(true, 60, 15, 5, 9000)), OptionSet(Option::count));
    EXPECT_EQ(programs(values(true, 60, 15, 4, 0)), OptionSet(Option::user_timeout));
    EXPECT_EQ(programs(values(false, 60, 15, 4, 9000)), OptionSet(Option::keepalive));
    EXPECT_EQ(programs(values(false, 7200, 75, 9, 0)),
              kAll);  // Linux's own values, set by hand on a socket with a base
}

TEST(PolicySetByProgram, WithoutABaseTheValuesOfAnUntouchedSocketAreNobodys)
{
    const std::array untouched{kLinuxValues, values(false, 600, 60, 5)};
    const auto programs = [&untouched](const Values& now) { return set_by_program(now, {}, untouched); };
    EXPECT_EQ(programs(kLinuxValues), kNone);
    EXPECT_EQ(programs(values(false, 600, 60, 5)), kNone);
    EXPECT_EQ(programs(values(false, 600, 75, 5)), kNone);  // two namespaces: each option for itself
    EXPECT_EQ(programs(values(true, 600, 60, 5)), OptionSet(Option::keepalive));
    EXPECT_EQ(programs(values(true, 300, 61, 5, 1)), kAll - Option::count);
}

TEST(PolicySetByProgram, WhatAnEarlierRuleSetIsOurs)
{
    const std::array ours{settings(App::respect, 60, 15, 4), settings(App::override, 10, 5, 2, fixed(800))};
    EXPECT_EQ(set_by_program(values(true, 10, 15, 2, 800), ours, {}), kNone);
    EXPECT_EQ(set_by_program(values(true, 11, 15, 2, 800), ours, {}), OptionSet(Option::idle));
}

TEST(PolicySetByProgram, AUserTimeoutThatFollowedTheProgramIsOurs)
{
    const Settings automatic = settings(App::respect, 60, 15, 4, kAutomatic);
    EXPECT_EQ(set_by_program(values(true, 300, 100, 3, 600000), {&automatic, 1}, {}), kTimes);
    EXPECT_EQ(set_by_program(values(true, 300, 100, 3, 600001), {&automatic, 1}, {}), kTimes | Option::user_timeout);
    EXPECT_EQ(set_by_program(values(false, 60, 15, 4, 0), {&automatic, 1}, {}), OptionSet(Option::keepalive));
}

TEST(PolicySetByProgram, ARuleThatLeavesHasLeftNothing)
{
    const Settings leave = settings(App::respect, 60, 15, 4, kAutomatic, Keepalive::leave);
    EXPECT_EQ(set_by_program(values(true, 60, 15, 4, 120000), {&leave, 1}, {}), kAll);
    EXPECT_EQ(set_by_program(values(true, 60, 15, 4, 120000), {&leave, 1}, {&kLinuxValues, 1}), kAll);
}

TEST(PolicySetByProgram, EverythingIsTheProgramsWhereNothingElseWasThere)
{
    EXPECT_EQ(set_by_program(kLinuxValues, {}, {}), kAll);
}

TEST(PolicySettings, TheOptionsInWhichTwoSocketsDifferAreNamed)
{
    const Values a = values(true, 60, 15, 4, 9000);
    EXPECT_EQ(differing(a, a), kNone);
    EXPECT_EQ(differing(a, values(false, 60, 15, 4, 9000)), OptionSet(Option::keepalive));
    EXPECT_EQ(differing(a, values(true, 61, 15, 4, 9000)), OptionSet(Option::idle));
    EXPECT_EQ(differing(a, values(true, 60, 16, 4, 9000)), OptionSet(Option::interval));
    EXPECT_EQ(differing(a, values(true, 60, 15, 5, 9000)), OptionSet(Option::count));
    EXPECT_EQ(differing(a, values(true, 60, 15, 4, 0)), OptionSet(Option::user_timeout));
}

TEST(PolicySettings, ChosenOptionsAreTakenFromAnotherSocket)
{
    const Values a = values(true, 60, 15, 4, 9000);
    const Values b = values(false, 7200, 75, 9, 0);
    EXPECT_EQ(with(a, kNone, b), a);
    EXPECT_EQ(with(a, kAll, b), b);
    for (const Option option :
         {Option::keepalive, Option::idle, Option::interval, Option::count, Option::user_timeout}) {
        EXPECT_EQ(differing(with(a, option, b), a), OptionSet(option));
        EXPECT_EQ(differing(with(a, option, b), b), kAll - option);
    }
}

TEST(PolicySettings, TheBuiltInPolicyIsDeadAfterTwoHundredAndTenSeconds)
{
    EXPECT_EQ(policy::wanted(Settings{}), values(true, 60, 30, 5));
    EXPECT_EQ(dead_after(Settings{}), 210);
    EXPECT_EQ(policy::dead_after(policy::kLargestTime, policy::kLargestTime, policy::kLargestCount).count(), 4194176);
}

// --- what holds for every socket -----------------------------------------------------------------

class Grid {
public:
    Settings settings()
    {
        return {random_.of<Keepalive>({Keepalive::off, Keepalive::on, Keepalive::on}),
                random_.of<App>({App::respect, App::cap, App::override}),
                count(),
                time(),
                time(),
                random_.of<UserTimeout>({kOff, kAutomatic, fixed(1), fixed(60000), fixed(2147483647)})};
    }

    Values values() { return {random_.one_in(2), count(), time(), time(), Milliseconds(timeout())}; }

    OptionSet options()
    {
        OptionSet set;
        for (const Option option : kEach)
            set = random_.one_in(2) ? set | option : set;
        return set;
    }

    static constexpr std::array kEach{Option::keepalive, Option::idle, Option::interval, Option::count,
                                      Option::user_timeout};

private:
    Seconds time()
    {
        return Seconds(random_.one_in(3) ? static_cast<std::uint16_t>(1 + random_.below(32767))
                                         : random_.of<std::uint16_t>({1, 2, 15, 60, 7200, 32766, 32767}));
    }
    std::uint8_t count()
    {
        return random_.one_in(3) ? static_cast<std::uint8_t>(1 + random_.below(127))
                                 : random_.of<std::uint8_t>({1, 2, 4, 9, 126, 127});
    }
    std::uint32_t timeout()
    {
        return random_.one_in(2) ? 0 : static_cast<std::uint32_t>(1 + random_.below(2147483647));
    }

    Random random_{7};
};

constexpr int kTries = 200000;

TEST(PolicyWhoWins, EveryResultIsOneTheKernelTakes)
{
    Grid grid;
    for (int i = 0; i < kTries; ++i) {
        const Settings ours = grid.settings();
        const Values now = grid.values();
        const Values after = who_wins(ours, now, grid.options());
        ASSERT_TRUE(after.idle >= policy::kSmallestTime && after.idle <= policy::kLargestTime) << ours << ", " << now;
        ASSERT_TRUE(after.interval >= policy::kSmallestTime && after.interval <= policy::kLargestTime)
            << ours << ", " << now;
        ASSERT_TRUE(after.count >= 1 && after.count <= policy::kLargestCount) << ours << ", " << now;
        ASSERT_LE(after.user_timeout, policy::kLargestUserTimeout) << ours << ", " << now;
    }
}

TEST(PolicyWhoWins, RespectNeverChangesAnOptionOfTheProgram)
{
    Grid grid;
    for (int i = 0; i < kTries; ++i) {
        Settings ours = grid.settings();
        ours.app = App::respect;
        const Values now = grid.values();
        const OptionSet programs = grid.options();
        const Values after = who_wins(ours, now, programs);
        ASSERT_EQ(differing(now, after) & programs, kNone) << ours << ", " << now << " -> " << after;
        ASSERT_EQ(differing(policy::wanted(ours), after) - programs - Option::user_timeout, kNone)
            << ours << ", " << now << " -> " << after;
    }
}

TEST(PolicyWhoWins, OverrideIsAlwaysWhatWeWant)
{
    Grid grid;
    for (int i = 0; i < kTries; ++i) {
        Settings ours = grid.settings();
        ours.app = App::override;
        ASSERT_EQ(who_wins(ours, grid.values(), grid.options()), policy::wanted(ours)) << ours;
    }
}

TEST(PolicyWhoWins, CapIsNeverLaterThanOurs)
{
    Grid grid;
    for (int i = 0; i < kTries; ++i) {
        Settings ours = grid.settings();
        ours.app = App::cap;
        ours.keepalive = Keepalive::on;
        const Values now = grid.values();
        const Values after = who_wins(ours, now, grid.options());
        ASSERT_TRUE(after.keepalive);
        ASSERT_LE(after.idle, ours.idle) << ours << ", " << now << " -> " << after;
        ASSERT_LE(after.interval, ours.interval) << ours << ", " << now << " -> " << after;
        ASSERT_LE(dead_after(after), dead_after(ours)) << ours << ", " << now << " -> " << after;
        const Milliseconds timeout = policy::wanted(ours).user_timeout;
        if (timeout.count() != 0) {
            ASSERT_GT(after.user_timeout.count(), 0u) << ours << ", " << now << " -> " << after;
            ASSERT_LE(after.user_timeout, timeout) << ours << ", " << now << " -> " << after;
        }
    }
}

TEST(PolicyWhoWins, CapLowersACountNoFurtherThanItMust)
{
    Grid grid;
    int lowered = 0;
    for (int i = 0; i < kTries; ++i) {
        Settings ours = grid.settings();
        ours.app = App::cap;
        ours.keepalive = Keepalive::on;
        const Values now = grid.values();
        const Values after = who_wins(ours, now, kAll);
        ASSERT_LE(after.count, now.count);
        if (after.count == now.count)
            continue;
        ++lowered;
        Values one_more = after;
        ++one_more.count;
        ASSERT_GT(dead_after(one_more), dead_after(ours)) << ours << ", " << now << " -> " << after;
    }
    EXPECT_GT(lowered, kTries / 20);
}

// Else each listen(), each setsockopt() and each round of the guard would lower something further.
TEST(PolicyWhoWins, ASecondTimeChangesNothing)
{
    Grid grid;
    for (int i = 0; i < kTries; ++i) {
        const Settings ours = grid.settings();
        const Values now = grid.values();
        const OptionSet programs = grid.options();
        const Values once = who_wins(ours, now, programs);
        ASSERT_EQ(who_wins(ours, once, programs), once) << ours << ", " << now;
    }
}

TEST(PolicyWhoWins, AUserTimeoutOfOursFollowsALaterChangeAndOneOfTheProgramsStays)
{
    Settings ours;
    ours.user_timeout.kind = UserTimeout::Kind::automatic;
    const Values before = wanted(ours);  // 60 + 5 x 30 = 210 s
    Values now = before;
    now.idle = policy::Seconds(10);
    Values expected = now;
    expected.user_timeout = policy::Milliseconds(160'000);
    EXPECT_EQ(policy::who_wins_after_change(ours, before, now, Option::idle), expected);

    Values programs = before;
    programs.user_timeout = policy::Milliseconds(1234);
    EXPECT_EQ(policy::who_wins_after_change(ours, before, programs, Option::user_timeout), programs);
    Values later = programs;
    later.idle = policy::Seconds(10);
    EXPECT_EQ(policy::who_wins_after_change(ours, programs, later, Option::idle), later);
}

}  // namespace
}  // namespace kashim::test
