// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "support/process.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kashim::test {

/// What really is, as the kernel has it.
struct Truth {
    bool loaded = false;     ///< the library is among the files mapped into the process
    bool keepalive = false;  ///< a TCP socket of the process has keepalive on

    friend bool operator==(const Truth&, const Truth&) = default;
};
std::ostream& operator<<(std::ostream& stream, const Truth& truth);

inline constexpr Truth kReached{true, true};
inline constexpr Truth kNotReached{false, false};
inline constexpr Truth kLoadedInVain{true, false};

/// A program that waits until this object dies. Whatever it was given on the command line, its standard input stays open.
class Waiting {
public:
    /// Waits until it has said "up".
    explicit Waiting(Command command);
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    ~Waiting();

    bool up() const { return up_; }
    pid_t pid() const { return process_->pid(); }
    std::string number() const { return std::to_string(pid()); }
    const Process& process() const { return *process_; }

private:
    int ends_[2];
    std::unique_ptr<Process> process_;
    bool up_ = false;
};

Truth truth_of(pid_t pid);

/// The process itself, its first child, the first child of that ..., which runs a file of this name; waits for it. 0
/// where none came.
pid_t process_named(pid_t pid, std::string_view name);

/// kashim doctor, installed into a folder that everybody may read, with no configuration but what a test writes.
class Doctor : public testing::Test {
protected:
    Doctor();

    struct Question {
        std::vector<std::string> arguments;
        std::vector<std::string> environment{};
        std::optional<uid_t> uid{};
        std::filesystem::path directory{};  ///< empty: the folder of the test
    };
    Result ask(const Question& question) const;

    /// The same, and its whole output must be this. In both, FOLDER stands for the folder of the test, DEFAULTS for what
    /// is said first where there is no configuration.
    void expect(const Question& question, int status, const std::string& out) const;

    /// What comes of the command with the library in LD_PRELOAD: it must wait as waits.c does.
    Truth truth(std::vector<std::string> arguments, std::optional<uid_t> uid = {},
                std::vector<std::string> environment = {}) const;
    Command preloaded(std::vector<std::string> arguments, std::vector<std::string> environment = {}) const;

    /// Compiles waits.c in the folder: "gcc -static" ... Empty where the compiler is missing.
    std::string built(const std::string& name, std::vector<std::string> compiler) const;
    std::string script(const std::string& name, std::string_view text) const;
    std::string configuration(std::string_view text) const;

    std::string at(std::string_view name) const { return folder_ / name; }
    std::string library() const { return at("lib/libkashim.so"); }

    TempDir folder_;
};

inline constexpr uid_t kNobody = 65534;

/// Rows that many answers have.
inline const std::string kGuard = "start it, then run \"kashim guard PID\", which needs no preload\n";
inline const std::string kRunGuarded =
    "\"kashim run\" guards it from outside; where it runs already: \"kashim guard PID\"\n";
inline const std::string kPreload = "  preload: LD_PRELOAD=FOLDER/lib/libkashim.so loads the library into it\n"
                                    "      -> \"kashim run\" sets that\n";
inline const std::string kScript = "      -> what a script starts is a program of its own: ask about that too\n";
inline const std::string kStatic = "  static: it is statically linked: it has no loader that could preload anything\n"
                                   "      -> " +
                                   kRunGuarded;

/// The first two lines where there is no configuration.
inline std::string first(const std::string& name, const std::string& verdict)
{
    return name + ": DEFAULTS\n" + name + ": " + verdict + "\n";
}

/// Debian's PHP, links followed, and the directory of its extensions; both paths name a version. Empty if PHP or its curl
/// extension is not installed.
struct Php {
    std::string program;
    std::string extensions;
    bool binds_deep = false;  ///< with RTLD_DEEPBIND, which Debian's PHP does not use since 8.4
};
Php php();

/// Runs a program, found in Debian's folders; fails the test where it fails.
void must_run(std::vector<std::string> arguments);

#define KASHIM_NEEDS_FILE(path)                                                                                        \
    if (!std::filesystem::exists(path))                                                                                \
    GTEST_SKIP() << "skipped, because " << (path) << " is not installed"

#define KASHIM_NEEDS_ROOT()                                                                                            \
    if (::getuid() != 0)                                                                                               \
    GTEST_SKIP() << "skipped, because it needs root"

}  // namespace kashim::test
