// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "programs/debian.h"

#include <unistd.h>

#include <cstdint>
#include <string>
#include <vector>

namespace kashim::test {

/// nginx in the foreground with one server block, writing nowhere but into the directory. Two workers, so that the
/// process that accepts is not the one that listened.
inline std::vector<std::string> nginx_with(const TempDir& directory, const std::string& server)
{
    const std::string here = directory.path().string() + "/";
    std::string http = "access_log off;\n";
    for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
        http += std::string(kind) + "_temp_path " + here + kind + ";\n";
    const std::string text = "daemon off;\nworker_processes 2;\npid " + here + "pid;\nevents {}\nhttp {\n" + http +
                             "server {\n" + server + "}\n}\n";
    return {debian_path("nginx"), "-e", "stderr", "-c", write_file(directory / "nginx.conf", text)};
}

/// xinetd in the foreground with one service, which echoes: cat, with the connection as its descriptors 0, 1 and 2.
/// more: further attributes of the service, one a line.
inline std::vector<std::string> xinetd_with_cat(const TempDir& directory, const std::string& address,
                                                std::uint16_t port, const std::string& more = "")
{
    const std::string family = address.find(':') == std::string::npos ? "IPv4" : "IPv6";
    const std::string text = "service echo-by-cat\n{\n"
                             "type = UNLISTED\nsocket_type = stream\nprotocol = tcp\nwait = no\n"
                             "user = " +
                             std::to_string(::getuid()) + "\nflags = " + family + "\nbind = " + address +
                             "\nport = " + std::to_string(port) + "\nserver = " + debian_path("cat") + "\n" + more +
                             "}\n";
    const std::string file = write_file(directory / "xinetd.conf", text);
    return {debian_path("xinetd"), "-dontfork", "-f", file, "-pidfile", directory / "pid", "-filelog",
            directory / "log"};
}

}  // namespace kashim::test
