# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
"""Measures kashim beside its peers: measure.py PREFIX PROGRAMS RESULTS.json

PREFIX is where kashim was installed, PROGRAMS the folder of start_bench and its sisters. All that is compared takes
turns in each round, on processors of its own. What is written are medians of what one way adds to another in the same
round, each with the interval in which the median lies with a probability of 95 % (order statistics of the sign test).
"""
import json
import math
import os
import pathlib
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).parent
PREFIX, PROGRAMS, RESULTS = (pathlib.Path(word).absolute() for word in sys.argv[1:4])
QUICK = os.environ.get("QUICK") == "1"  # a tenth of the rounds, to see that everything works
LIBRARY = PREFIX / "lib/libkashim.so"
RANDOM = random.Random(1)
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="kashim-bench."))

KEEPALIVE = "LD_PRELOAD=/usr/lib/libkeepalive.so KEEPIDLE=60 KEEPINTVL=15 KEEPCNT=4"
DONTDIE = ("LD_PRELOAD=libdontdie.so DD_TCP_KEEPALIVE_TIME=60 DD_TCP_KEEPALIVE_INTVL=15 DD_TCP_KEEPALIVE_PROBES=4")
PEERS = {"libdontdie": DONTDIE, "libkeepalive": KEEPALIVE}


def rounds(number):
    return max(5, number // 10) if QUICK else number


def run(command, environment="", **more):
    variables = {**os.environ, **dict(word.split("=", 1) for word in environment.split())}
    return subprocess.run(command, env=variables, check=True, capture_output=True, text=True, **more)


def kashim(file, more=""):
    return f"LD_PRELOAD={LIBRARY} KASHIM_CONFIG={file} {more}".strip()


def interval(values):
    """Median, and the 95 % interval of the median."""
    ordered = sorted(values)
    count = len(ordered)
    away = 0.98 * math.sqrt(count)
    low = ordered[max(0, math.floor(count / 2 - away) - 1)]
    high = ordered[min(count - 1, math.ceil(count / 2 + away))]
    return {"median": statistics.median(ordered), "low": low, "high": high}


def compared(table, bases, scale=1.0, ratio=False):
    """table: {way: [value of each round]}. What each way has, and adds to each of the bases (or its ratio to them)."""
    def between(values, others):
        return interval([a / b if ratio else (a - b) / scale for a, b in zip(values, others)])

    return {way: {"value": statistics.median(values) / scale,
                  "over": {base: between(values, table[base]) for base in bases if base != way}}
            for way, values in table.items()}


# Configurations

def rules_by_port_and_peer(count):
    """A third by port, a third by peer, a third by both; no random ones, so that all runs have the same."""
    text = ["[defaults]\nidle = 60\ninterval = 15\ncount = 4\n"]
    for i in range(count):
        number = i * 2654435761 % 2**32
        port = 1024 + number % 60000
        peer = f"{1 + (number >> 8) % 126}.{(number >> 16) % 256}.{(number >> 4) % 256}.0/24"
        lines = [f"[[rule]]", f'name = "site {i}"', 'direction = "outbound"']
        lines += [f"port = {port}"] if i % 3 != 1 else []
        lines += [f'peer = "{peer}"'] if i % 3 != 0 else []
        text.append("\n".join(lines + [f"idle = {30 + i % 7}", ""]))
    return "\n".join(text)


def compiled(name, text):
    file = FOLDER / name
    file.write_text(text)
    run([PREFIX / "bin/kashim", "compile", file])
    return file


def library_alone():
    """A copy of the library with no etc/ beside it: an installed one would find the installed configuration."""
    folder = FOLDER / "alone/lib"
    folder.mkdir(parents=True)
    return shutil.copy(LIBRARY, folder)


class Files:
    def __init__(self):
        thirty = (HERE / "30-lines.toml").read_text()
        self.thirty = compiled("30-lines.toml", thirty)
        self.parsed = FOLDER / "parsed.toml"
        self.parsed.write_text(thirty)
        self.one = compiled("one-policy.toml", (HERE / "one-policy.toml").read_text())
        self.rules = {n: compiled(f"{n}.toml", rules_by_port_and_peer(n)) for n in (10, 1000, 10000)}


# Starts

def starts(ways, bases, count):
    out = run(["taskset", "-c", "1", PROGRAMS / "start_bench", str(count), *ways.values()]).stdout.splitlines()
    table = list(zip(*[[float(word) for word in line.split()] for line in out[:-1]]))
    result = compared(dict(zip(ways, table)), bases, scale=1000.0)
    for way, faults in zip(ways, out[-1].split()[1:]):
        result[way]["faults"] = int(faults)
    return result


def start_rows(files):
    empty = f"LD_PRELOAD={PROGRAMS}/empty.so"
    libraries = {"nothing": "", "an empty library": empty, **PEERS,
                 "kashim, 30 lines": kashim(files.thirty),
                 "kashim, no file": f"LD_PRELOAD={library_alone()}",
                 "kashim, 30 lines, not compiled": kashim(files.parsed)}
    program = {way: f"/bin/true {variables}".strip() for way, variables in libraries.items()}
    socket = {way: f"{PROGRAMS}/one_socket {variables}".strip() for way, variables in libraries.items()}
    socket["the bare calls"] = f"{PROGRAMS}/one_socket itself"
    rules = {"30 lines": f"/bin/true {kashim(files.thirty)}"}
    rules.update({f"{n} rules": f"/bin/true {kashim(file)}" for n, file in files.rules.items()})
    peers = ["an empty library", "libkeepalive"]
    return {"start": starts(program, ["nothing", *peers], rounds(3000)),
            "start with a socket": starts(socket, ["nothing", "the bare calls", *peers], rounds(3000)),
            "start with rules": starts(rules, ["30 lines"], rounds(1000))}


# Calls

def call_row(row, ways, bases, count):
    table = {way: [] for way in ways}
    for _ in range(count):
        for way in RANDOM.sample(list(ways), len(ways)):
            arguments, variables = ways[way]
            pin = [] if row.endswith("threads") else ["taskset", "-c", "1"]
            table[way].append(float(run([*pin, PROGRAMS / "calls_bench", row, *arguments], variables).stdout))
    return compared(table, bases)


def call_rows(files):
    bare = {"nothing": ([], ""), "the bare calls": (["itself"], "")}
    uniform = {"kashim": ([], kashim(files.one))}
    peers = {way: ([], variables) for way, variables in PEERS.items()}
    rules = {f"kashim, {n} rules": ([], kashim(file)) for n, file in files.rules.items()}
    result = {}
    for row in ("setsockopt", "udp-socket", "unix-socket", "udp-connect", "accept"):
        result[row] = call_row(row, {**bare, **peers, **uniform}, ["nothing"], rounds(60))
    result["connect"] = call_row("connect", {**bare, **peers, **uniform, **rules},
                                 ["nothing", "the bare calls", "kashim, 10 rules"], rounds(100))
    result["socket"] = call_row("socket", {**bare, **peers, **uniform}, ["nothing", "the bare calls"], rounds(60))
    for row in ("1-thread", "8-threads"):
        result[row] = call_row(row, {**bare, **uniform}, ["the bare calls"], rounds(40))
    return result


# Counts

def system_calls(variables, program="/usr/bin/true"):
    log = FOLDER / "trace"
    options = [word for variable in variables.split() for word in ("-E", variable)]
    run(["strace", "-qq", "-f", "-o", log, *options, program])
    return sum("(" in line for line in log.read_text().splitlines())


def instructions(variables):
    out = run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={FOLDER}/callgrind", "/usr/bin/true"], variables)
    return int(re.search(r"Collected : (\d+)", out.stderr)[1])


def private_memory(variables, program):
    """Private dirty memory of a program that waits, in KiB."""
    waiting = ("230", "35", "34")  # clock_nanosleep, nanosleep, pause
    sleeper = subprocess.Popen(program, env={**os.environ, **dict(w.split("=", 1) for w in variables.split())})
    try:
        while pathlib.Path(f"/proc/{sleeper.pid}/syscall").read_text().split()[0] not in waiting:
            time.sleep(0.01)
        rollup = pathlib.Path(f"/proc/{sleeper.pid}/smaps_rollup").read_text()
    finally:
        sleeper.kill()
        sleeper.wait()
    return int(re.search(r"Private_Dirty:\s+(\d+)", rollup)[1])


def symbols(library):
    return len(run(["nm", "-D", "--undefined-only", library]).stdout.splitlines())


def relocations(library):
    return run(["readelf", "-rW", library]).stdout.count(" R_X86_64")


def counts(files):
    libraries = {"an empty library": PROGRAMS / "empty.so", "libkeepalive": "/usr/lib/libkeepalive.so",
                 "libdontdie": "/usr/lib/x86_64-linux-gnu/libdontdie.so", "kashim, 30 lines": LIBRARY}
    variables = {"nothing": "", "an empty library": f"LD_PRELOAD={PROGRAMS}/empty.so", **PEERS,
                 "kashim, 30 lines": kashim(files.thirty), "kashim, 10000 rules": kashim(files.rules[10000])}
    result = {}
    for way, environment in variables.items():
        row = {"system calls": system_calls(environment), "instructions": instructions(environment),
               "private KiB": private_memory(environment, ["sleep", "60"]),
               "private KiB with a socket": private_memory(environment, [PROGRAMS / "one_socket", "wait"])}
        if way in libraries:
            library = libraries[way]
            row |= {"bytes": pathlib.Path(library).stat().st_size, "relocations": relocations(library),
                    "symbols": symbols(library)}
        result[way] = row
    return result


# Programs under load

def waits_for(condition):
    end = time.monotonic() + 20
    while not condition():
        if time.monotonic() > end:
            sys.exit("measure.py: a server did not start")
        time.sleep(0.02)


def answers(url):
    try:
        return urllib.request.urlopen(url).status == 200
    except OSError:
        return False


def nginx_round(variables, port):
    conf = FOLDER / "nginx.conf"
    conf.write_text(f"""daemon off; worker_processes 1; pid {FOLDER}/nginx.pid; error_log /dev/null;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_timeout 0; server {{ listen 127.0.0.1:{port} backlog=4096;
location / {{ return 200 "hello"; }} }} }}\n""")
    environment = {**os.environ, **dict(w.split("=", 1) for w in variables.split())}
    server = subprocess.Popen(["taskset", "-c", "0", "nginx", "-c", conf], env=environment)
    try:
        waits_for(lambda: answers(f"http://127.0.0.1:{port}/"))
        out = run(["taskset", "-c", "1", "wrk", "-t1", "-c16", "-d2s", "-H", "Connection: close",
                   f"http://127.0.0.1:{port}/"]).stdout
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait()
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])


def redis_round(variables, port):
    environment = {**os.environ, **dict(w.split("=", 1) for w in variables.split())}
    server = subprocess.Popen(["taskset", "-c", "0", "redis-server", "--port", str(port), "--save", "", "--daemonize",
                               "no"], env=environment, stdout=subprocess.DEVNULL)
    command = ["taskset", "-c", "1", "redis-benchmark", "-p", str(port), "-t", "ping_mbulk", "-k", "0", "-c", "16",
               "-n", "100000", "--csv"]
    try:
        waits_for(lambda: subprocess.run(["redis-cli", "-p", str(port), "ping"], capture_output=True).stdout == b"PONG\n")
        out = run(command).stdout
    finally:
        server.terminate()
        server.wait()
    return float(re.search(r'"PING_MBULK","([\d.]+)"', out)[1])


def loads(files):
    ways = {"nothing": "", "kashim": kashim(files.one), "kashim, 10000 rules": kashim(files.rules[10000])}
    result = {}
    for name, measure in (("nginx", nginx_round), ("redis", redis_round)):
        table = {way: [] for way in ways}
        port = 20000
        for _ in range(rounds(24)):
            for way in RANDOM.sample(list(ways), len(ways)):
                port += 1
                table[way].append(measure(ways[way], port))
        result[name] = compared(table, ["nothing"], ratio=True)
    return result


def main():
    files = Files()
    results = {"rounds": "some" if QUICK else "all",
               "machine": f"{os.uname().sysname} {os.uname().release} {os.uname().machine}, {os.cpu_count()} processors",
               "cpu": re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())[1],
               "load before": os.getloadavg()[0]}
    results |= start_rows(files)
    results["calls"] = call_rows(files)
    results["counts"] = counts(files)
    results["loads"] = loads(files)
    results["load after"] = os.getloadavg()[0]
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")


main()
