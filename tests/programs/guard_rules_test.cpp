// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The file changes while kashim guard runs.
#include "programs/guard.h"
#include "programs/loopback.h"
#include "programs/pipe.h"

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <thread>

namespace kashim::test {
namespace {

constexpr Values kTwenty{.keepalive = 1, .idle = 20, .interval = 45, .count = 6, .user_timeout = 0};
const std::string kTwentyTable = "[defaults]\nidle = 20\ninterval = 45\ncount = 6\n";

/// One program with one connection, and its guard.
class GuardRulesTest : public testing::Test {
protected:
    void SetUp() override { start_target({}); }

    void start_target(std::optional<uid_t> user)
    {
        target_.reset();
        target_.emplace(Command{.arguments = {built("visitor"), std::to_string(listener_.port())},
                                .descriptors = {{keyboard_.read_end(), 0}},
                                .uid = user});
        ASSERT_TRUE(target_->says("connected"));
    }

    void start(const std::string& policy, std::vector<std::string> more = {})
    {
        more.push_back(std::to_string(target_->pid()));
        guarding_.emplace(Command{.arguments = guard(directory_, in_a_hurry(policy), more)});
    }

    Values values_become(const Values& wanted) { return test::values_become(target_->pid(), listener_.port(), wanted); }

    /// Beside, and then in its place: how a careful editor does it.
    void replace(const std::string& text)
    {
        std::filesystem::rename(write_file(directory_ / "new", in_a_hurry(text)), file_);
    }

    std::string said(const std::string& text) const
    {
        return "kashim[" + std::to_string(guarding_->pid()) + "]: " + text + "\n";
    }

    std::string said_that_it_set(const std::string& values) const
    {
        return said("visitor[" + std::to_string(target_->pid()) + "]: fd 3 to 127.0.0.1:" +
                    std::to_string(listener_.port()) + ", [defaults] at line 1: set " + values);
    }

    /// Everything that the guard said, as soon as it is as long as this.
    std::string err_as_long_as(const std::string& expected)
    {
        eventually([&] { return guarding_->err().size() >= expected.size(); });
        return guarding_->err();
    }

    const TempDir directory_;
    const std::string file_ = directory_ / "guard.toml";
    const Listener listener_{"127.0.0.1"};
    Pipe keyboard_;
    std::optional<Process> target_;
    std::optional<Process> guarding_;
};

TEST_F(GuardRulesTest, AFileThatChangesIsReadAgainAndPutInForce)
{
    start(kDefaultsTable);
    ASSERT_EQ(values_become(kDefaults), kDefaults);
    replace(kTwentyTable);
    EXPECT_EQ(values_become(kTwenty), kTwenty);
    const std::string expected = said_that_it_set("keepalive=on idle=90s interval=45s count=6") +
                                 said(file_ + ": read again and in force, rules: 1") + said_that_it_set("idle=20s");
    EXPECT_EQ(err_as_long_as(expected), expected);
}

TEST_F(GuardRulesTest, AHangupReadsItAtOnce)
{
    start(kDefaultsTable);
    ASSERT_EQ(values_become(kDefaults), kDefaults);
    // In place and of the same length: what stat tells is all the same but for the time.
    write_file(file_, in_a_hurry(kTwentyTable));
    guarding_->kill(SIGHUP);
    EXPECT_EQ(values_become(kTwenty), kTwenty);
}

TEST_F(GuardRulesTest, ABadNewFileIsReportedOnceAndTheOldRulesStay)
{
    start(kDefaultsTable);
    ASSERT_EQ(values_become(kDefaults), kDefaults);
    replace("[defaults]\nidel = 20\ncount = 0\n");
    const std::string expected =
        said_that_it_set("keepalive=on idle=90s interval=45s count=6") +
        said(file_ + ":2:1: error: unknown key \"idel\" in [defaults]; did you mean \"idle\"?") +
        said(file_ + ":3:9: error: count must be a whole number from 1 to 127, not 0") +
        said("errors: 2; the rules of " + file_ + " as they were read before stay in force");
    EXPECT_EQ(err_as_long_as(expected), expected);
    EXPECT_EQ(values_become(kDefaults), kDefaults);
    replace(kTwentyTable);
    EXPECT_EQ(values_become(kTwenty), kTwenty);
    const std::string more =
        expected + said(file_ + ": read again and in force, rules: 1") + said_that_it_set("idle=20s");
    EXPECT_EQ(err_as_long_as(more), more);
}

TEST_F(GuardRulesTest, AFileThatIsRemovedIsReportedOnceAndItsRulesStay)
{
    start(kDefaultsTable);
    ASSERT_EQ(values_become(kDefaults), kDefaults);
    std::filesystem::remove(file_);
    const std::string expected = said_that_it_set("keepalive=on idle=90s interval=45s count=6") +
                                 said(file_ + ": error: it does not exist") +
                                 said("errors: 1; the rules of " + file_ + " as they were read before stay in force");
    EXPECT_EQ(err_as_long_as(expected), expected);
    replace(kTwentyTable);
    EXPECT_EQ(values_become(kTwenty), kTwenty);
}

/// Where the file is searched for, its removal leaves the built-in defaults: whoever removed it by mistake must not find
/// other values on every connection.
TEST_F(GuardRulesTest, AFoundFileThatIsRemovedIsReportedAndItsRulesStay)
{
    const std::string found = directory_ / "kashim/kashim.toml";
    std::filesystem::create_directory(directory_ / "kashim");
    write_file(found, in_a_hurry(kDefaultsTable));
    // Root has no configuration of its own.
    constexpr uid_t kNobody = 65534;
    const std::optional<uid_t> user = ::getuid() == 0 ? std::optional(kNobody) : std::nullopt;
    start_target(user);
    guarding_.emplace(Command{.arguments = {KASHIM_COMMAND, "guard", std::to_string(target_->pid())},
                              .environment = {"XDG_CONFIG_HOME=" + directory_.path().string()},
                              .uid = user});
    ASSERT_EQ(values_become(kDefaults), kDefaults);
    std::filesystem::remove(found);
    const std::string expected =
        said_that_it_set("keepalive=on idle=90s interval=45s count=6") +
        said(found + ": error: the file is gone; its rules as they were read before stay in force");
    EXPECT_EQ(err_as_long_as(expected), expected);
}

/// An editor that writes in place leaves the file empty for a moment, and an empty file is a good one: the built-in
/// defaults must not come into force in between.
TEST_F(GuardRulesTest, AFileThatIsStillBeingWrittenIsNotRead)
{
    using Clock = std::chrono::steady_clock;
    // The guard reads what has been the same for 300 ms. A writer that was held up for so long has proved nothing, and
    // begins again.
    constexpr std::chrono::milliseconds kRest{250}, kTwoPassesAndMore{2500};
    const auto write_without_rest = [&] {
        start_target({});
        start(kDefaultsTable);
        EXPECT_EQ(values_become(kDefaults), kDefaults);
        const Clock::time_point begin = Clock::now();
        for (Clock::time_point earlier = begin; earlier < begin + kTwoPassesAndMore;) {
            const Clock::time_point now = Clock::now();
            write_file(file_, std::filesystem::file_size(file_) == 0 ? "\n" : "");
            const std::string err = guarding_->err();
            if (Clock::now() - earlier > kRest)
                return false;
            EXPECT_EQ(err.find("read again"), std::string::npos) << err;
            earlier = now;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        return true;
    };
    ASSERT_TRUE(eventually(write_without_rest));
    write_file(file_, in_a_hurry(kTwentyTable));
    EXPECT_EQ(values_become(kTwenty), kTwenty);
}

TEST_F(GuardRulesTest, SetIsLaidOverTheFileAfterAReloadToo)
{
    constexpr Values kFive{.keepalive = 1, .idle = 90, .interval = 5, .count = 6, .user_timeout = 0};
    constexpr Values kTwentyFive{.keepalive = 1, .idle = 20, .interval = 5, .count = 6, .user_timeout = 0};
    start(kDefaultsTable, {"--set", "interval=5s"});
    EXPECT_EQ(values_become(kFive), kFive);
    replace(kTwentyTable);
    EXPECT_EQ(values_become(kTwentyFive), kTwentyFive);
}

/// An earlier file's values look like the program's own; --override says that they are not.
TEST_F(GuardRulesTest, OverrideTakesTheValuesThatAreThereForOurs)
{
    constexpr Values kBoth{.keepalive = 1, .idle = 90, .interval = 45, .count = 6, .user_timeout = 0};
    start(kTwentyTable);
    ASSERT_EQ(values_become(kTwenty), kTwenty);
    guarding_->kill(SIGTERM);
    ASSERT_TRUE(guarding_->wait().ok());
    start(kDefaultsTable);
    ASSERT_TRUE(eventually([&] { return guarding_->running(); }));
    EXPECT_FALSE(eventually([&] { return values_become(kTwenty) != kTwenty; }, std::chrono::milliseconds(300)));
    guarding_->kill(SIGTERM);
    ASSERT_TRUE(guarding_->wait().ok());
    start(kDefaultsTable, {"--override"});
    EXPECT_EQ(values_become(kBoth), kBoth);
}

TEST_F(GuardRulesTest, AtTheStartAnErrorIsTheEnd)
{
    const std::string pid = std::to_string(target_->pid());
    const Result result = run({.arguments = guard(directory_, "[defaults]\nidel = 20\n", {pid})});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.err, file_ + ":2:1: error: unknown key \"idel\" in [defaults]; did you mean \"idle\"?\n"
                                  "    2 | idel = 20\n"
                                  "      | ^\n"
                                  "kashim guard: nothing is guarded with such a configuration\n");
}

}  // namespace
}  // namespace kashim::test
