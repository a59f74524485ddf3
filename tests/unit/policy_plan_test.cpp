// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/plan.h"

#include "policy/who_wins.h"

#include <gtest/gtest.h>

namespace kashim::policy {
namespace {

constexpr OptionSet kAll = OptionSet::all();

Settings database()
{
    Settings settings;
    settings.idle = Seconds(25);
    settings.interval = Seconds(5);
    settings.count = 4;
    return settings;
}

TEST(PolicyPlan, OnAnUntouchedSocketWhatTheRuleWantsOtherwiseIsSet)
{
    const Plan plan = policy::plan(database(), {kLinuxValues, kAll}, {});
    EXPECT_EQ(plan.after, (Values{true, 4, Seconds(25), Seconds(5)}));
    EXPECT_EQ(plan.to_set, kAll - Option::user_timeout);
    EXPECT_EQ(plan.programs, OptionSet());
}

TEST(PolicyPlan, WhatTheProgramChoseStays)
{
    Values now = kLinuxValues;
    now.idle = Seconds(300);
    const Plan plan = policy::plan(database(), {now, kAll}, Option::idle);
    EXPECT_EQ(plan.after.idle, Seconds(300));
    EXPECT_EQ(plan.programs, OptionSet(Option::idle));
    EXPECT_FALSE(plan.to_set.has(Option::idle));
}

TEST(PolicyPlan, LeavePlansNothingAndNamesWhatTheProgramChose)
{
    Settings leave;
    leave.keepalive = Keepalive::leave;
    const Plan plan = policy::plan(leave, {kLinuxValues, kAll}, Option::idle);
    EXPECT_EQ(plan.after, kLinuxValues);
    EXPECT_EQ(plan.to_set, OptionSet());
}

TEST(PolicyPlan, AnOptionThatTheKernelDoesNotTellIsSetOnlyWhereThereIsSomethingToAskFor)
{
    const OptionSet told = kAll - Option::user_timeout;
    EXPECT_FALSE(policy::plan(database(), {kLinuxValues, told}, {}).to_set.has(Option::user_timeout));
    Settings with_limit = database();
    with_limit.user_timeout = {UserTimeout::Kind::fixed, Milliseconds(45000)};
    EXPECT_TRUE(policy::plan(with_limit, {kLinuxValues, told}, {}).to_set.has(Option::user_timeout));
    EXPECT_FALSE(policy::plan(with_limit, {kLinuxValues, told}, {}, told).to_set.has(Option::user_timeout))
        << "it was not asked";
    EXPECT_FALSE(policy::plan(with_limit, {kLinuxValues, told}, kAll).programs.has(Option::user_timeout))
        << "what is not known is nobody's choice";
}

TEST(PolicyPlan, AfterAChangeUnderCapTheLaterTimeIsLowered)
{
    Settings cap = database();
    cap.app = App::cap;
    Values now = wanted(cap);
    now.idle = Seconds(600);
    const Plan plan = policy::plan_after_change(cap, wanted(cap), {now, kAll}, Option::idle);
    EXPECT_EQ(plan.after, wanted(cap));
    EXPECT_EQ(plan.to_set, OptionSet(Option::idle));
}

TEST(PolicyPlan, WhatIsTakenBackIsOursAlone)
{
    Expected expected;
    expected.ours(database());
    Values now = wanted(database());
    now.count = 7;  // the program's
    const Plan plan = policy::plan_to_take_back(expected, {now, kAll}, kLinuxValues);
    EXPECT_EQ(plan.after, (Values{false, 7, kLinuxValues.idle, kLinuxValues.interval}));
    EXPECT_EQ(plan.to_set, Option::keepalive | Option::idle | Option::interval);
}

TEST(PolicyExpected, MoreThanItHasRoomForTakesTheLastPlaceAndNothingBehindIt)
{
    Expected expected;
    Settings settings = database();
    for (std::uint8_t count = 2; count < 40; ++count) {
        settings.count = count;
        expected.ours(settings);
        expected.untouched(Values{.count = static_cast<std::uint8_t>(count + 60)});
    }
    EXPECT_FALSE(expected.set_by_program(Values{true, 2, Seconds(25), Seconds(5)}).has(Option::count));
    EXPECT_FALSE(expected.set_by_program(Values{true, 39, Seconds(25), Seconds(5)}).has(Option::count));
    EXPECT_TRUE(expected.set_by_program(Values{true, 20, Seconds(25), Seconds(5)}).has(Option::count));
}

}  // namespace
}  // namespace kashim::policy
