// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/expected.h"

#include <gtest/gtest.h>

namespace kashim::test {
namespace {

using policy::Expected;
using policy::Option;
using policy::OptionSet;
using policy::Seconds;
using policy::Settings;
using policy::Values;

// A socket nobody touched, where sysctls (or systemd) say otherwise than Linux does, in one time just what we would.
constexpr Values kTuned{.count = 9, .idle = Seconds(7200), .interval = Seconds(30)};

TEST(PolicyExpected, NothingOfAnUntouchedSocketIsTheProgramsWhoeverSaysWhatUntouchedMeans)
{
    Expected expected;
    expected.ours(Settings{});
    expected.untouched(policy::kLinuxValues);
    EXPECT_EQ(expected.set_by_program(policy::kLinuxValues), OptionSet());
    EXPECT_EQ(expected.set_by_program(kTuned), OptionSet());
    expected.untouched({.count = 3, .idle = Seconds(600), .interval = Seconds(20)});
    EXPECT_EQ(expected.set_by_program({.count = 3, .idle = Seconds(600), .interval = Seconds(20)}), OptionSet());
}

TEST(PolicyExpected, OneTimeThatHappensToBeOursMakesNoDuplicateOfAStranger)
{
    Expected expected;
    expected.ours(Settings{});
    expected.untouched(policy::kLinuxValues);
    expected.may_be_a_duplicate();
    EXPECT_EQ(expected.set_by_program(kTuned), OptionSet());
}

TEST(PolicyExpected, ADuplicateThatHadTheBaseKeepsWhatLooksUntouched)
{
    Expected expected;
    expected.ours(Settings{});
    expected.untouched(policy::kLinuxValues);
    expected.may_be_a_duplicate();
    EXPECT_EQ(expected.set_by_program({.keepalive = false, .count = 5, .idle = Seconds(60), .interval = Seconds(30)}),
              OptionSet(Option::keepalive));
    EXPECT_EQ(expected.set_by_program({.keepalive = true, .count = 5, .idle = Seconds(7200), .interval = Seconds(30)}),
              OptionSet(Option::idle));
}

TEST(PolicyExpected, ASocketThatWasGivenOursBeforeKeepsWhatLooksUntouchedButForAUserTimeout)
{
    Expected expected;
    expected.ours({.user_timeout = {policy::UserTimeout::Kind::fixed, policy::Milliseconds(30000)}});
    expected.untouched(policy::kLinuxValues);
    expected.was_not_seen();
    EXPECT_EQ(expected.set_by_program({.keepalive = false, .count = 5, .idle = Seconds(60), .interval = Seconds(30)}),
              OptionSet(Option::keepalive));
    EXPECT_EQ(expected.set_by_program({.keepalive = true, .count = 9, .idle = Seconds(60), .interval = Seconds(30)}),
              OptionSet(Option::count));
    EXPECT_EQ(expected.set_by_program(kTuned), OptionSet()) << "one time that happens to be ours says nothing";
}

TEST(PolicyExpected, ASocketIsUntouchedWhereTheSysctlsAreJustWhatWeWouldSet)
{
    Expected expected;
    expected.ours(Settings{});
    expected.untouched(policy::kLinuxValues);
    expected.untouched({.count = 5, .idle = Seconds(60), .interval = Seconds(30)});
    expected.was_not_seen();
    EXPECT_EQ(expected.set_by_program({.keepalive = false, .count = 5, .idle = Seconds(60), .interval = Seconds(30)}),
              OptionSet());
}

}  // namespace
}  // namespace kashim::test
