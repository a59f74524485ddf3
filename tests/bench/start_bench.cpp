// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// How long programs take from start to end: start_bench ROUNDS WAY...
//
// A WAY is one argument: the program, its arguments, and the variables of its environment (NAME=VALUE), with a blank
// between. Prints a line of nanoseconds a round, a number for each way; at the end, behind "faults", the page faults of
// each. The ways take turns: a machine that is slow for a moment is slow for all of them. The order is another one each
// round: what a way leaves behind (cold caches, work that the kernel puts off) is charged to whoever comes next.
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

class Way {
public:
    explicit Way(const std::string& text)
    {
        std::istringstream words(text);
        for (std::string word; words >> word;) {
            const bool variable = !arguments_.empty() && word.find('=') != std::string::npos;
            (variable ? environment_ : arguments_).push_back(word);
        }
        // What a service has, more or less: a library looks through all of it.
        for (const char* usual : {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
                                  "LANG=C.UTF-8", "USER=root", "LOGNAME=root", "SHELL=/bin/sh"})
            environment_.emplace_back(usual);
    }

    double start()
    {
        const std::vector<char*> arguments = pointers(arguments_);
        const std::vector<char*> environment = pointers(environment_);
        const auto begin = Clock::now();
        pid_t child = -1;
        if (::posix_spawn(&child, arguments[0], nullptr, nullptr, arguments.data(), environment.data()) != 0)
            fail("cannot start");
        int status = 0;
        rusage usage{};
        if (::wait4(child, &status, 0, &usage) != child || status != 0)
            fail("failed");
        faults_ = usage.ru_minflt;
        return std::chrono::duration<double, std::nano>(Clock::now() - begin).count();
    }

    long faults() const { return faults_; }

private:
    static std::vector<char*> pointers(std::vector<std::string>& texts)
    {
        std::vector<char*> result;
        for (std::string& text : texts)
            result.push_back(text.data());
        result.push_back(nullptr);
        return result;
    }

    [[noreturn]] void fail(const char* what) const
    {
        std::fprintf(stderr, "%s %s\n", arguments_.at(0).c_str(), what);
        std::exit(1);
    }

    std::vector<std::string> arguments_;
    std::vector<std::string> environment_;
    long faults_ = 0;
};

}  // namespace

int main(int argc, char** argv)
{
    if (argc < 3) {
        std::fprintf(stderr, "usage: %s ROUNDS WAY...\n", argv[0]);
        return 2;
    }
    const int rounds = std::atoi(argv[1]);
    std::vector<Way> ways(argv + 2, argv + argc);
    std::vector<double> times(ways.size());
    std::vector<std::size_t> order(ways.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::mt19937 random(1);
    constexpr int kWarmUp = 20;
    for (int round = -kWarmUp; round < rounds; ++round) {
        std::shuffle(order.begin(), order.end(), random);
        for (const std::size_t i : order)
            times[i] = ways[i].start();
        for (std::size_t i = 0; round >= 0 && i < ways.size(); ++i)
            std::printf("%.0f%c", times[i], i + 1 == ways.size() ? '\n' : ' ');
    }
    std::printf("faults");
    for (const Way& way : ways)
        std::printf(" %ld", way.faults());
    std::printf("\n");
    return 0;
}
