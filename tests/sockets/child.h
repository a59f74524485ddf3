// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

namespace kashim::test {

/// What a child and its test say to each other: one line a turn.
class Talk {
public:
    Talk(int in, int out) : in_(in), out_(out) {}

    void say(std::string_view line) const;
    void say(std::int64_t number) const { say(std::to_string(number)); }

    /// The next line, without its end. In a child the end of the conversation is the end of the child. In a test
    /// std::runtime_error is thrown where none comes.
    std::string hear() const;
    int hear_number() const { return std::stoi(hear()); }

protected:
    int in_;
    int out_;
    bool in_child_ = true;
};

/// A forked copy of the test that runs body and ends with it; killed with the object. It starts without any descriptor
/// of the test's but the standard ones.
class Child : public Talk {
public:
    explicit Child(const std::function<void(const Talk&)>& body);
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child();

    pid_t pid() const { return pid_; }
    void kill_and_wait();

private:
    pid_t pid_ = -1;
};

/// Nobody's uid and gid, as Debian numbers them.
inline constexpr uid_t kNobody = 65534;

/// Gives up root for good: uid, gid, groups and with them every capability. Looking into /proc/self stays allowed.
void become_nobody();

/// Gives up single capabilities of root's.
void give_up(std::initializer_list<int> capabilities);

/// What make() answers in a child, and in one that is nobody.
std::string asked_in_a_child(const std::function<std::string()>& make);
std::string asked_as_nobody(const std::function<std::string()>& make);

}  // namespace kashim::test
