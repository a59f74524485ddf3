// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Servers in which a client opens a session and says nothing more. The server itself, asked by another client, tells
// whether it still holds that session: its socket alone could be gone while the rest is not.
#pragma once

#include "programs/debian.h"
#include "programs/loopback.h"
#include "programs/pipe.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kashim::test {

#define KASHIM_NEEDS_SERVER(server)                                                                                    \
    if (const std::string missing = server::missing(); !missing.empty())                                               \
    GTEST_SKIP() << "skipped, because " << missing

/// What the servers have in common. A policy is the text of a kashim.toml to preload the library with; none: bare.
class Server {
public:
    explicit Server(const std::optional<std::string>& policy);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    virtual ~Server() = default;

    std::uint16_t port() const { return port_; }
    Process& process() { return process_.value(); }

    /// Opens the session. Returns the port that the client has; waits until the server has taken it up.
    virtual std::uint16_t open_session() = 0;
    virtual bool holds_session() = 0;

    // Each has a static missing(): why it cannot run here, empty where it can. Ask it in the namespaces of the Wire.

protected:
    const TempDir directory_;
    const std::uint16_t port_ = free_port();
    const Environment environment_;
    std::optional<Process> process_;
};

class Redis : public Server {
public:
    static std::string missing();
    explicit Redis(const std::optional<std::string>& policy = std::nullopt);
    std::uint16_t open_session() override;  ///< a subscriber
    bool holds_session() override;          ///< CLIENT LIST

private:
    std::optional<Connection> client_;
};

class Nginx : public Server {
public:
    static std::string missing();
    explicit Nginx(const std::optional<std::string>& policy = std::nullopt);
    std::uint16_t open_session() override;  ///< a request has been answered, the connection is kept
    bool holds_session() override;          ///< "Active connections" of its stub_status

private:
    std::optional<Connection> client_;
};

class Postgres : public Server {
public:
    static std::string missing();
    explicit Postgres(const std::optional<std::string>& policy = std::nullopt);
    ~Postgres() override;
    std::uint16_t open_session() override;  ///< psql, in a transaction that has taken a lock
    bool holds_session() override;          ///< pg_stat_activity

    /// psql with the server's address and further arguments.
    std::vector<std::string> psql(std::vector<std::string> more = {}) const;

    /// What psql in a session of its own prints.
    std::string ask(const std::string& statement) const;

private:
    std::optional<uid_t> user_;
    Pipe keyboard_;
    std::optional<Process> client_;
    std::uint16_t client_port_ = 0;
};

class Sshd : public Server {
public:
    static std::string missing();
    explicit Sshd(const std::optional<std::string>& policy = std::nullopt);
    ~Sshd() override;
    std::uint16_t open_session() override;  ///< ssh, running cat
    bool holds_session() override;          ///< whether that cat still runs

    /// ssh that executes the command there.
    std::vector<std::string> ssh(const std::string& remote_command) const;

private:
    Pipe keyboard_;
    std::optional<Process> client_;
    pid_t remote_ = 0;
};

/// A server of a few lines that is asked "who" and answers with the number of its sessions, the asking one included.
class Script : public Server {
public:
    std::uint16_t open_session() override;
    bool holds_session() override;

protected:
    Script(const std::optional<std::string>& policy, std::vector<std::string> interpreter, const std::string& file,
           const std::string& source);

private:
    std::optional<Connection> client_;
};

class PythonAsyncio : public Script {
public:
    static std::string missing();
    explicit PythonAsyncio(const std::optional<std::string>& policy = std::nullopt);
};

/// A thread of a pool for each session.
class JavaThreadPool : public Script {
public:
    static std::string missing();
    explicit JavaThreadPool(const std::optional<std::string>& policy = std::nullopt);
};

}  // namespace kashim::test
