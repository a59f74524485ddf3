// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "programs/debian.h"
#include "programs/pipe.h"
#include "support/process.h"

#include <chrono>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace kashim::test {

/// What a script said with print('ended', error.errno, seconds).
struct Ended {
    int error = 0;
    double seconds = -1;
    std::string said;  ///< all of it, for failure messages
};

/// An unmodified python3 with a script, and somebody at its standard input who can tell it to go on.
class Python {
public:
    /// Without a policy it runs without the library.
    Python(const char* script, const std::vector<std::string>& arguments, const std::optional<std::string>& policy)
        : process_({.arguments = command(script, arguments),
                    .environment = policy ? preloaded_environment(directory_, *policy) : bare_environment(directory_),
                    .descriptors = {{in_.read_end(), 0}}})
    {
    }

    Process& process() { return process_; }
    void go_on() { in_.type("\n"); }

    /// Nothing has ended it for so long.
    bool survives(std::chrono::milliseconds time)
    {
        return !eventually([this] { return !process_.running(); }, time);
    }

    Ended ended()
    {
        const Result result = process_.wait();
        Ended ended{.said = result.out + result.err};
        std::istringstream words(result.out);
        for (std::string word; words >> word;)
            if (word == "ended")
                words >> ended.error >> ended.seconds;
        return ended;
    }

private:
    static std::vector<std::string> command(const char* script, const std::vector<std::string>& arguments)
    {
        std::vector<std::string> all{debian_path("python3"), "-c", script};
        all.insert(all.end(), arguments.begin(), arguments.end());
        return all;
    }

    const TempDir directory_;
    Pipe in_;
    Process process_;
};

}  // namespace kashim::test
