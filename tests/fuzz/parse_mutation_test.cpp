// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Configuration files that somebody has spoilt, the same ones in every run. A text that once was a fault becomes a
// seed: see seeds/.
#include "config/parse.h"
#include "fuzz/parse_properties.h"
#include "fuzz/random.h"
#include "support/process.h"

#include <gtest/gtest.h>

#include <pthread.h>

#include <algorithm>
#include <map>
#include <string>

namespace kashim::test {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSeed = 20261121;
constexpr int kMutants = 200'000;
constexpr std::size_t kLongest = 6000;

// The main thread of a program has megabytes, but a library's parser runs on a stack that is not its own.
constexpr std::size_t kStack = 256 * 1024;

std::map<std::string, std::string> read_seeds()
{
    std::map<std::string, std::string> seeds;  // sorted, because the order of a directory is anybody's guess
    for (const char* folder : {"config", "tests/fuzz/seeds", "tests/bench"}) {
        for (const fs::directory_entry& entry :
             fs::recursive_directory_iterator(fs::path(KASHIM_SOURCE_DIR) / folder)) {
            if (entry.path().extension() == ".toml")
                seeds[entry.path()] = read_file(entry.path());
        }
    }
    return seeds;
}

const std::vector<std::string> kWords{
    "[[rule]]\n",
    "[defaults]\n",
    "[rule]\n",
    "keepalive = ",
    "idle = ",
    "interval = ",
    "count = ",
    "user_timeout = ",
    "app = ",
    "name = ",
    "program = ",
    "command = ",
    "direction = ",
    "port = ",
    "peer = ",
    "dead_after = ",
    "\"leave\"",
    "\"auto\"",
    "\"off\"",
    "\"override\"",
    "\"outbound\"",
    "true",
    "false",
    "0",
    "-1",
    "1",
    "127",
    "128",
    "32767",
    "32768",
    "65535",
    "65536",
    "2147483648",
    "\"1-65535\"",
    "\"5-1\"",
    "9223372036854775807",
    "1e308",
    "0x7fffffff",
    "nan",
    "1979-05-27",
    "\"0.0.0.0/0\"",
    "\"::/0\"",
    "\"::ffff:1.2.3.4/97\"",
    "\"10.0.0.0/33\"",
    "\"1h30m\"",
    "\"1h1h\"",
    "\"99999999999h\"",
    "\"0s\"",
    "\"\\u0000\"",
    "\"\\n\"",
    "\"\"\"",
    "'''",
    "\xef\xbb\xbf",
    "\xff",
    "\xed\xa0\x80",
    "\r\n",
    "[",
    "]",
    "{",
    "}",
    "a.b.c.d = 1\n",
    "# ",
    "\\",
    "\"",
    ", ",
    "= ",
};

std::size_t place(Random& random, const std::string& text)
{
    return random.below(text.size() + 1);
}

std::pair<std::size_t, std::size_t> line(Random& random, const std::string& text)
{
    const std::size_t inside = place(random, text);
    const std::size_t before = inside == 0 ? std::string::npos : text.rfind('\n', inside - 1);
    const std::size_t first = before == std::string::npos ? 0 : before + 1;
    const std::size_t end = text.find('\n', first);
    return {first, end == std::string::npos ? text.size() - first : end - first + 1};
}

void mutate(Random& random, std::string& text, const std::string& other)
{
    switch (random.below(9)) {
    case 0:
        if (!text.empty())
            text[random.below(text.size())] = static_cast<char>(random.number());
        break;
    case 1:
        text.insert(place(random, text), random.of(kWords));
        break;
    case 2:
        text.erase(place(random, text), random.below(12));
        break;
    case 3: {
        const auto [first, size] = line(random, text);
        text.erase(first, size);
        break;
    }
    case 4: {
        const auto [first, size] = line(random, text);
        text.insert(place(random, text), text.substr(first, size));
        break;
    }
    case 5: {
        const auto [first, size] = line(random, other);
        text.insert(line(random, text).first, other.substr(first, size));
        break;
    }
    case 6: {  // what the example files only suggest
        const std::size_t comment = text.find("# ", place(random, text));
        if (comment != std::string::npos)
            text.erase(comment, 2);
        break;
    }
    case 7: {  // a value becomes another one
        const std::size_t sign = text.find("= ", place(random, text));
        if (sign != std::string::npos)
            text.replace(sign + 2, std::min(text.find('\n', sign), text.size()) - sign - 2, random.of(kWords));
        break;
    }
    case 8:
        if (random.one_in(8))
            text.erase(place(random, text));
        break;
    }
}

/// Runs it on a stack of kStack bytes.
template <typename Work>
void on_small_stack(Work work)
{
    pthread_attr_t attributes;
    ASSERT_EQ(pthread_attr_init(&attributes), 0);
    ASSERT_EQ(pthread_attr_setstacksize(&attributes, kStack), 0);
    const auto start = [](void* context) -> void* {
        (*static_cast<Work*>(context))();
        return nullptr;
    };
    pthread_t thread;
    ASSERT_EQ(pthread_create(&thread, &attributes, start, &work), 0);
    pthread_join(thread, nullptr);
    pthread_attr_destroy(&attributes);
}

TEST(ParseMutation, EverySeedIsReadAsItIs)
{
    const auto seeds = read_seeds();
    ASSERT_GT(seeds.size(), 5u);
    on_small_stack([&seeds] {
        for (const auto& [path, text] : seeds)
            EXPECT_EQ(parse_fault(text), std::nullopt) << path;
    });
}

TEST(ParseMutation, NoSpoiltFileCrashesTheParserOrPassesForGoodWithAWrongValue)
{
    std::vector<std::string> seeds;
    for (const auto& [path, text] : read_seeds())
        seeds.push_back(text);
    on_small_stack([&seeds] {
        Random random(kSeed);
        int good = 0;
        for (int i = 0; i < kMutants; ++i) {
            std::string text = random.of(seeds);
            for (std::size_t n = 1 + random.below(6); n > 0; --n)
                mutate(random, text, random.of(seeds));
            text.resize(std::min(text.size(), kLongest));
            ASSERT_EQ(parse_fault(text), std::nullopt) << "mutant " << i << ":\n" << text;
            good += config::parse(text, config::Warnings::no).good() ? 1 : 0;
        }
        // Mutants that are all refused, or hardly ever, would not be worth much.
        EXPECT_GT(good, kMutants / 20);
        EXPECT_LT(good, kMutants / 2);
    });
}

}  // namespace
}  // namespace kashim::test
