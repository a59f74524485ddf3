// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "sockets/written.h"

#include "config/parse.h"

#include <stdexcept>

namespace kashim::test {
namespace {

policy::OwnedTable compiled(const std::string& toml)
{
    const config::Parsed parsed = config::parse(toml, config::Warnings::no);
    if (!parsed.good())
        throw std::runtime_error(config::to_text("rules of the test", parsed.findings.front()));
    auto table = policy::build_table(parsed.rules);
    if (!table)
        throw std::runtime_error("the rules of the test are too many");
    return std::move(*table);
}

}  // namespace

Written::Written(const std::string& toml) : table_(compiled(toml)) {}

}  // namespace kashim::test
