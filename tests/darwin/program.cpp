// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "program.h"

#include "config/parse.h"
#include "shim/runtime.h"

#include <cstdio>
#include <fstream>
#include <memory>
#include <unistd.h>

namespace kashim::test {
namespace {

template <typename Global>
void anew(Global& global)
{
    std::destroy_at(&global);
    std::construct_at(&global);
}

}  // namespace

DarwinTest::DarwinTest()
{
    boot();
    anew(shim::runtime);
    anew(shim::descriptors);
    anew(shim::listening_ports);
}

DarwinTest::~DarwinTest()
{
    shim::runtime.policy.store(nullptr);
    if (!log_file_.empty())
        std::remove(log_file_.c_str());
}

void DarwinTest::in_force(std::string_view file)
{
    const config::Parsed parsed = config::parse(file, config::Warnings::no);
    ASSERT_TRUE(parsed.good());
    auto table = policy::build_table(parsed.rules);
    ASSERT_TRUE(table);
    table_ = std::make_unique<policy::OwnedTable>(std::move(*table));
    policy_ = std::make_unique<policy::ProgramPolicy>(policy::Rules{&**table_, {}}, policy::Program{});
    shim::runtime.policy.store(&**policy_);
}

void DarwinTest::keep_log()
{
    std::string path = testing::TempDir() + "kashim.XXXXXX";
    close(mkstemp(path.data()));
    log_file_ = path;
    ASSERT_EQ(shim::runtime.log.open(platform::Level::debug, path.c_str()), 0);
}

std::vector<std::string> DarwinTest::log() const
{
    std::vector<std::string> lines;
    std::ifstream file(log_file_);
    for (std::string line; std::getline(file, line);)
        lines.push_back(line.substr(line.find("]: ") + 3));
    return lines;
}

int DarwinTest::connect(int fd, const policy::Endpoint& peer)
{
    const Name name(peer);
    return kashim_connect(fd, name.get(), name.size);
}

int DarwinTest::connection()
{
    const int fd = tcp();
    EXPECT_EQ(connect(fd, kDatabase), 0);
    xnu().taken_calls();
    return fd;
}

}  // namespace kashim::test
