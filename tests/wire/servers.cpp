// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "wire/servers.h"

#include "programs/configurations.h"

#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <stdexcept>
#include <system_error>

namespace kashim::test {
namespace {

std::string missing_of(std::initializer_list<const char*> programs)
{
    for (const char* program : programs)
        if (debian_path(program).empty())
            return std::string(program) + " is not installed";
    return {};
}

/// Root's servers become another user. A user namespace in which the test is root (see Wire) may know only the one.
std::string missing_user(const char* name)
{
    if (::getuid() != 0)
        return {};
    const passwd* user = ::getpwnam(name);
    if (user == nullptr)
        return std::string("there is no user ") + name;
    try {
        return run({.arguments = {debian_path("true")}, .uid = user->pw_uid}).ok() ? "" : "true fails";
    } catch (const std::system_error& error) {
        return std::string("root cannot become ") + name + " here: " + error.code().message();
    }
}

/// Debian makes /run/sshd, where root's sshd separates privileges, at boot, and a container never boots. What follows
/// is executed with a tmpfs of its own there, which leaves the machine's /run alone.
std::vector<std::string> with_run_sshd()
{
    if (::getuid() != 0 || std::filesystem::exists("/run/sshd"))
        return {};
    return {debian_path("unshare"),
            "--mount",
            debian_path("sh"),
            "-c",
            "mount -t tmpfs tmpfs /run && mkdir /run/sshd && exec \"$@\"",
            "sh"};
}

void expect_ok(const Result& result)
{
    if (!result.ok())
        throw std::runtime_error(result.out + result.err);
}

constexpr const char* kAsyncioSource = R"(
import asyncio, sys
sessions = 0
async def session(reader, writer):
    global sessions
    sessions += 1
    try:
        while await reader.readline():
            writer.write(b'%d\n' % sessions)
    except OSError as error:
        print('lost:', error.strerror, flush=True)
    finally:
        sessions -= 1
        writer.close()
async def main():
    server = await asyncio.start_server(session, '127.0.0.1', int(sys.argv[1]))
    await server.serve_forever()
asyncio.run(main())
)";

constexpr const char* kJavaSource = R"(
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;

public class Server {
    static final ThreadPoolExecutor pool = (ThreadPoolExecutor) Executors.newFixedThreadPool(4);

    static void session(Socket socket) {
        try (socket) {
            BufferedReader lines = new BufferedReader(new InputStreamReader(socket.getInputStream()));
            while (lines.readLine() != null)
                socket.getOutputStream().write((pool.getActiveCount() + "\n").getBytes());
        } catch (IOException error) {
            System.out.println("lost: " + error.getMessage());
        }
    }

    public static void main(String[] arguments) throws Exception {
        ServerSocket server = new ServerSocket(Integer.parseInt(arguments[0]), 5, InetAddress.getByName("127.0.0.1"));
        while (true) {
            Socket socket = server.accept();
            pool.execute(() -> session(socket));
        }
    }
}
)";

}  // namespace

Server::Server(const std::optional<std::string>& policy)
    : environment_(policy ? preloaded_environment(directory_, *policy) : bare_environment(directory_))
{
}

std::string Redis::missing()
{
    return missing_of({"redis-server", "redis-cli"});
}

Redis::Redis(const std::optional<std::string>& policy) : Server(policy)
{
    process_.emplace(Command{.arguments = {debian_path("redis-server"), "--bind", "127.0.0.1", "--port",
                                           std::to_string(port_), "--save", "", "--dir", directory_.path()},
                             .environment = environment_});
    connect_to("127.0.0.1", port_);  // it listens
}

std::uint16_t Redis::open_session()
{
    client_.emplace(connect_to("127.0.0.1", port_));
    client_->send("SUBSCRIBE channel\r\n");
    client_->receive_until(":1\r\n");
    return client_->local_port();
}

bool Redis::holds_session()
{
    const Result list = run({.arguments = {debian_path("redis-cli"), "-p", std::to_string(port_), "client", "list"},
                             .environment = bare_environment(directory_)});
    expect_ok(list);
    return list.out.find(" addr=127.0.0.1:" + std::to_string(client_->local_port()) + " ") != std::string::npos;
}

std::string Nginx::missing()
{
    return missing_of({"nginx"});
}

Nginx::Nginx(const std::optional<std::string>& policy) : Server(policy)
{
    const std::string server =
        "listen " + host_and_port("127.0.0.1", port_) + ";\nkeepalive_timeout 1h;\nlocation / { stub_status; }\n";
    process_.emplace(Command{.arguments = nginx_with(directory_, server), .environment = environment_});
}

std::uint16_t Nginx::open_session()
{
    client_.emplace(connect_to("127.0.0.1", port_));
    client_->send("GET / HTTP/1.1\r\nHost: loopback\r\n\r\n");
    client_->receive_until("Waiting: 0 \n");
    return client_->local_port();
}

bool Nginx::holds_session()
{
    Connection other = connect_to("127.0.0.1", port_);
    other.send("GET / HTTP/1.0\r\n\r\n");
    const std::string status = other.receive_until("Waiting");
    const std::string active = "Active connections: ";
    return std::stoi(status.substr(status.find(active) + active.size())) > 1;
}

std::string Postgres::missing()
{
    if (const std::string program = missing_of({"initdb", "postgres", "psql"}); !program.empty())
        return program;
    return missing_user("postgres");
}

Postgres::Postgres(const std::optional<std::string>& policy) : Server(policy)
{
    // The server refuses to run as root.
    if (::getuid() == 0)
        user_ = ::getpwnam("postgres")->pw_uid;
    const std::filesystem::path data = directory_ / "data";
    std::filesystem::create_directory(data);
    if (::chown(data.c_str(), user_.value_or(::getuid()), static_cast<gid_t>(-1)) != 0)
        throw std::runtime_error("chown " + data.string());
    expect_ok(run({.arguments = {debian_path("initdb"), "-D", data, "-A", "trust", "-U", "tester", "--no-sync",
                                 "--no-instructions"},
                   .environment = bare_environment(directory_),
                   .uid = user_}));
    process_.emplace(Command{.arguments = {debian_path("postgres"), "-D", data, "-p", std::to_string(port_), "-F", "-c",
                                           "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="},
                             .environment = environment_,
                             .uid = user_});
    if (!eventually([this] { return process_->err().find("ready to accept connections") != std::string::npos; }))
        throw std::runtime_error("postgres: " + process_->err());
}

/// In its own words: killed, the server would leave a shared memory segment behind.
Postgres::~Postgres()
{
    process_->kill(SIGINT);
    process_->wait();
}

std::vector<std::string> Postgres::psql(std::vector<std::string> more) const
{
    std::vector<std::string> arguments{debian_path("psql"),   "-X", "-A",     "-t", "-h",      "127.0.0.1", "-p",
                                       std::to_string(port_), "-U", "tester", "-d", "postgres"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

std::string Postgres::ask(const std::string& statement) const
{
    const Result answer = run({.arguments = psql({"-c", statement}), .environment = bare_environment(directory_)});
    expect_ok(answer);
    return answer.out;
}

std::uint16_t Postgres::open_session()
{
    client_.emplace(Command{
        .arguments = psql(), .environment = bare_environment(directory_), .descriptors = {{keyboard_.read_end(), 0}}});
    keyboard_.type("begin;\nselect 'lock', pg_advisory_lock(1);\nselect inet_client_port();\nselect 'done';\n");
    if (!client_->says("done"))
        throw std::runtime_error("psql: " + client_->err());
    client_port_ = connected_socket(client_->pid(), port_).value().local_port;
    return client_port_;
}

bool Postgres::holds_session()
{
    return ask("select count(*) from pg_stat_activity where client_port = " + std::to_string(client_port_)) == "1\n";
}

std::string Sshd::missing()
{
    if (const std::string program = missing_of({"sshd", "ssh", "ssh-keygen", "unshare"}); !program.empty())
        return program;
    if (const std::string user = missing_user("sshd"); !user.empty())
        return user;
    std::vector<std::string> probe = with_run_sshd();
    probe.push_back(debian_path("true"));
    return run({.arguments = probe}).ok() ? "" : "/run/sshd is missing and no mount namespace can be made for it here";
}

Sshd::Sshd(const std::optional<std::string>& policy) : Server(policy)
{
    for (const char* name : {"host", "user"})
        expect_ok(
            run({.arguments = {debian_path("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", directory_ / name},
                 .environment = bare_environment(directory_)}));
    std::vector<std::string> arguments = with_run_sshd();
    for (const std::string& argument : std::vector<std::string>{debian_path("sshd"), "-D", "-e", "-f", "none", "-h",
                                                                directory_ / "host", "-p", std::to_string(port_)})
        arguments.push_back(argument);
    const std::string keys = "AuthorizedKeysFile=" + (directory_ / "user.pub").string();
    for (const char* option : {"ListenAddress=127.0.0.1", "PidFile=none", "StrictModes=no", "UsePAM=no",
                               "PermitRootLogin=yes", keys.c_str()})
        arguments.insert(arguments.end(), {"-o", option});
    process_.emplace(Command{.arguments = arguments, .environment = environment_});
    connect_to("127.0.0.1", port_);  // it listens
}

/// Each session is a process group of its own, and one that does not know that its client is gone would stay for ever.
Sshd::~Sshd()
{
    for (const pid_t pid : process_tree(process_->pid()))
        ::kill(pid, SIGKILL);
}

std::vector<std::string> Sshd::ssh(const std::string& remote_command) const
{
    std::vector<std::string> arguments{debian_path("ssh"),   "-F", "none", "-i", directory_ / "user", "-p",
                                       std::to_string(port_)};
    for (const char* option : {"BatchMode=yes", "IdentitiesOnly=yes", "IdentityAgent=none", "StrictHostKeyChecking=no",
                               "UserKnownHostsFile=/dev/null"})
        arguments.insert(arguments.end(), {"-o", option});
    arguments.push_back(std::string(::getpwuid(::getuid())->pw_name) + "@127.0.0.1");
    arguments.push_back(remote_command);
    return arguments;
}

std::uint16_t Sshd::open_session()
{
    client_.emplace(Command{.arguments = ssh("echo $$ ready; exec cat"),
                            .environment = bare_environment(directory_),
                            .descriptors = {{keyboard_.read_end(), 0}}});
    if (!client_->says("ready"))
        throw std::runtime_error("ssh: " + client_->err() + process_->err());
    remote_ = static_cast<pid_t>(std::stol(client_->out()));
    if (!eventually([this] { return holds_session(); }))  // the shell is on its way to become cat
        throw std::runtime_error("ssh: the session's command did not start");
    return connected_socket(client_->pid(), port_).value().local_port;
}

bool Sshd::holds_session()
{
    // Empty for a zombie too, which is all that is left where nobody reaps orphans.
    std::ifstream file("/proc/" + std::to_string(remote_) + "/cmdline");
    std::string command;
    std::getline(file, command, '\0');
    return command == "cat";
}

Script::Script(const std::optional<std::string>& policy, std::vector<std::string> interpreter, const std::string& file,
               const std::string& source)
    : Server(policy)
{
    interpreter.insert(interpreter.end(), {write_file(directory_ / file, source), std::to_string(port_)});
    process_.emplace(Command{.arguments = interpreter, .environment = environment_});
}

std::uint16_t Script::open_session()
{
    client_.emplace(connect_to("127.0.0.1", port_));
    client_->send("who\n");
    client_->receive_until("\n");
    return client_->local_port();
}

bool Script::holds_session()
{
    Connection other = connect_to("127.0.0.1", port_);
    other.send("who\n");
    return std::stoi(other.receive_until("\n")) > 1;
}

std::string PythonAsyncio::missing()
{
    return missing_of({"python3"});
}

PythonAsyncio::PythonAsyncio(const std::optional<std::string>& policy)
    : Script(policy, {debian_path("python3")}, "server.py", kAsyncioSource)
{
}

std::string JavaThreadPool::missing()
{
    return missing_of({"java", "javac"});
}

// One thread compiles and collects: the machine has other things to do.
JavaThreadPool::JavaThreadPool(const std::optional<std::string>& policy)
    : Script(policy, {debian_path("java"), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"}, "Server.java", kJavaSource)
{
}

}  // namespace kashim::test
