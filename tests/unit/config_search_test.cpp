// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/search.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <map>
#include <string>
#include <vector>

namespace kashim::config {
namespace {

using Outcome = Loaded::Outcome;

// A user with nothing set but a home.
Environment user()
{
    Environment environment;
    environment.home = "/home/ada";
    environment.uid = 1000;
    environment.sysconfdir = "/etc";
    return environment;
}

std::vector<std::string> paths(const Environment& environment)
{
    std::vector<std::string> paths;
    for (const Candidate& candidate : candidates(environment))
        paths.push_back(candidate.path);
    return paths;
}

using Paths = std::vector<std::string>;
const std::string kHome = "/home/ada/.config/kashim/kashim.toml";
const std::string kSystem = "/etc/kashim/kashim.toml";

TEST(ConfigSearch, AUsersFileComesBeforeTheSystems)
{
    EXPECT_EQ(paths(user()), (Paths{kHome, kSystem}));
}

TEST(ConfigSearch, XdgConfigHomeTakesThePlaceOfDotConfig)
{
    Environment environment = user();
    environment.xdg_config_home = "/cfg";
    EXPECT_EQ(paths(environment), (Paths{"/cfg/kashim/kashim.toml", kSystem}));
}

TEST(ConfigSearch, WhatIsNotAbsoluteDoesNotCount)
{
    Environment environment = user();
    environment.xdg_config_home = "cfg";
    EXPECT_EQ(paths(environment), (Paths{kHome, kSystem}));
    environment.home = "home";
    EXPECT_EQ(paths(environment), Paths{kSystem});
}

TEST(ConfigSearch, WhatIsEmptyDoesNotCount)
{
    Environment environment = user();
    environment.kashim_config = "";
    environment.xdg_config_home = "";
    EXPECT_EQ(paths(environment), (Paths{kHome, kSystem}));
    environment.home = "";
    EXPECT_EQ(paths(environment), Paths{kSystem});
}

TEST(ConfigSearch, RootHasTheSystemsOnly)
{
    Environment environment = user();
    environment.uid = 0;
    environment.xdg_config_home = "/cfg";
    EXPECT_EQ(paths(environment), Paths{kSystem});
}

TEST(ConfigSearch, KashimConfigStandsAloneForRootToo)
{
    Environment environment = user();
    environment.uid = 0;
    environment.kashim_config = "/x.toml";
    const std::vector<Candidate> found = candidates(environment);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].path, "/x.toml");
    EXPECT_TRUE(found[0].required);
}

TEST(ConfigSearch, NothingElseIsRequired)
{
    for (const Candidate& candidate : candidates(user()))
        EXPECT_FALSE(candidate.required) << candidate.path;
}

TEST(ConfigSearch, InSecureExecutionNoVariableCounts)
{
    Environment environment = user();
    environment.kashim_config = "/x.toml";
    environment.xdg_config_home = "/cfg";
    environment.secure = true;
    EXPECT_EQ(paths(environment), Paths{kSystem});
}

// Files by their path; what is not here is absent. Remembers what was asked for.
struct Files {
    std::map<std::string, Loaded> files;
    std::vector<std::string> asked;

    Loaded operator()(const std::string& path)
    {
        asked.push_back(path);
        const auto found = files.find(path);
        return found == files.end() ? Loaded{} : found->second;
    }
};

Located locate_in(const Environment& environment, Files& files)
{
    return locate(environment, files);
}

std::string error_of(const Located& located)
{
    EXPECT_EQ(located.kind, Located::Kind::error);
    return to_text(located.error.file, located.error.finding);
}

TEST(ConfigLocate, TheFirstFileWinsAndNoOtherIsAskedFor)
{
    Files files{{{kHome, {Outcome::text, "home", 0}}, {kSystem, {Outcome::text, "system", 0}}}, {}};
    const Located located = locate_in(user(), files);
    EXPECT_EQ(located.kind, Located::Kind::file);
    EXPECT_EQ(located.path, kHome);
    EXPECT_EQ(located.text, "home");
    EXPECT_EQ(files.asked, Paths{kHome});
    EXPECT_TRUE(located.warnings.empty());
}

TEST(ConfigLocate, AnAbsentFileFallsThroughToTheNext)
{
    Files files{{{kSystem, {Outcome::text, "system", 0}}}, {}};
    EXPECT_EQ(locate_in(user(), files).path, kSystem);
    EXPECT_EQ(files.asked, (Paths{kHome, kSystem}));
}

TEST(ConfigLocate, WithoutAnyFileTheBuiltInPolicyStands)
{
    Files files;
    const Located located = locate_in(user(), files);
    EXPECT_EQ(located.kind, Located::Kind::built_in);
    EXPECT_EQ(located.path, "");
    EXPECT_TRUE(located.warnings.empty());
}

TEST(ConfigLocate, AFileThatMayNotBeReadFallsThroughWithAWarning)
{
    Files files{{{kHome, {Outcome::denied, {}, 0}}, {kSystem, {Outcome::text, "system", 0}}}, {}};
    const Located located = locate_in(user(), files);
    EXPECT_EQ(located.path, kSystem);
    ASSERT_EQ(located.warnings.size(), 1u);
    EXPECT_EQ(to_text(located.warnings[0].file, located.warnings[0].finding),
              kHome +
                  ": warning: this user may not read it, so it counts as absent; change its permissions, or remove it");
}

TEST(ConfigLocate, EveryFileThatMayNotBeReadIsNamed)
{
    Files files{{{kHome, {Outcome::denied, {}, 0}}, {kSystem, {Outcome::denied, {}, 0}}}, {}};
    const Located located = locate_in(user(), files);
    EXPECT_EQ(located.kind, Located::Kind::built_in);
    EXPECT_EQ(located.warnings.size(), 2u);
}

struct Failure {
    Loaded loaded;
    const char* optional;
    const char* named;
};

const std::vector<Failure> kFailures = {
    {{Outcome::not_regular, {}, 0},
     "it is not a regular file; a configuration must be one",
     "KASHIM_CONFIG names this file, but it is not a regular file; a configuration must be one"},
    {{Outcome::too_large, {}, 0},
     "it is larger than 2 MiB, the most a configuration may have",
     "KASHIM_CONFIG names this file, but it is larger than 2 MiB, the most a configuration may have"},
    {{Outcome::failed, {}, EIO},
     "it cannot be read: input/output error",
     "KASHIM_CONFIG names this file, but it cannot be read: input/output error"},
    {{Outcome::failed, {}, ELOOP},
     "it cannot be read: too many symbolic links",
     "KASHIM_CONFIG names this file, but it cannot be read: too many symbolic links"},
    {{Outcome::failed, {}, EMFILE},
     "it cannot be read: too many open files",
     "KASHIM_CONFIG names this file, but it cannot be read: too many open files"},
    {{Outcome::failed, {}, ENAMETOOLONG},
     "it cannot be read: the path is too long",
     "KASHIM_CONFIG names this file, but it cannot be read: the path is too long"},
    {{Outcome::failed, {}, ENOMEM},
     "it cannot be read: out of memory",
     "KASHIM_CONFIG names this file, but it cannot be read: out of memory"},
    {{Outcome::failed, {}, 9999},
     "it cannot be read: error 9999",
     "KASHIM_CONFIG names this file, but it cannot be read: error 9999"},
};

TEST(ConfigLocate, AnythingElseEndsTheSearchWithAnError)
{
    for (const Failure& failure : kFailures) {
        Files files{{{kHome, failure.loaded}, {kSystem, {Outcome::text, "system", 0}}}, {}};
        EXPECT_EQ(error_of(locate_in(user(), files)), kHome + ": error: " + failure.optional);
        EXPECT_EQ(files.asked, Paths{kHome});
    }
}

Environment naming(const char* path)
{
    Environment environment = user();
    environment.kashim_config = path;
    return environment;
}

TEST(ConfigLocate, WhatKashimConfigNamesIsTaken)
{
    Files files{{{"/x.toml", {Outcome::text, "x", 0}}, {kHome, {Outcome::text, "home", 0}}}, {}};
    EXPECT_EQ(locate_in(naming("/x.toml"), files).text, "x");
}

TEST(ConfigLocate, WhatKashimConfigNamesMustBeReadable)
{
    std::vector<Failure> failures = kFailures;
    failures.push_back({{Outcome::absent, {}, 0},
                        nullptr,
                        "KASHIM_CONFIG names this file, but it does not exist; create it, or unset KASHIM_CONFIG"});
    failures.push_back({{Outcome::denied, {}, 0},
                        nullptr,
                        "KASHIM_CONFIG names this file, but it may not be read by this user; change its permissions"});
    for (const Failure& failure : failures) {
        Files files{{{"/x.toml", failure.loaded}, {kSystem, {Outcome::text, "system", 0}}}, {}};
        const Located located = locate_in(naming("/x.toml"), files);
        EXPECT_EQ(error_of(located), std::string("/x.toml: error: ") + failure.named);
        EXPECT_TRUE(located.warnings.empty());
        EXPECT_EQ(files.asked, Paths{"/x.toml"});
    }
}

TEST(ConfigLocate, ARelativeKashimConfigIsLookedForWhereTheProgramStarts)
{
    Files files{{{"x.toml", {Outcome::text, "x", 0}}}, {}};
    const Located located = locate_in(naming("x.toml"), files);
    EXPECT_EQ(located.text, "x");
    EXPECT_EQ(files.asked, Paths{"x.toml"});
}

TEST(ConfigLocate, AFileOfTheCommandLineMayBeRelative)
{
    Files files{{{"x.toml", {Outcome::text, "x", 0}}}, {}};
    const Located located = locate_file("x.toml", files);
    EXPECT_EQ(located.kind, Located::Kind::file);
    EXPECT_EQ(located.text, "x");
}

TEST(ConfigLocate, AFileOfTheCommandLineMustBeReadable)
{
    Files none;
    EXPECT_EQ(error_of(locate_file("x.toml", none)), "x.toml: error: it does not exist");
    Files denied{{{"x.toml", {Outcome::denied, {}, 0}}}, {}};
    EXPECT_EQ(error_of(locate_file("x.toml", denied)),
              "x.toml: error: it may not be read by this user; change its permissions");
}

}  // namespace
}  // namespace kashim::config
