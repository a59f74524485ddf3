# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
"""Writes what measure.py measured: report.py RESULTS.json LOOKUPS.txt GUARD.txt

Writes tests/bench/README.md and tests/bench/cost.svg, and the part of the README that begins and ends with a comment
about tests/bench/run.sh. Nothing is written that is not in the results.
"""
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
README = HERE.parent.parent / "README.md"
BEGIN, END = "<!-- written by tests/bench/run.sh -->\n", "<!-- to here -->\n"

THIRTY = "kashim, 30 lines"
MANY = "kashim, 10000 rules"


def number(value, digits):
    return f"{round(value, digits) + 0:,.{digits}f}".replace("-", "−")  # + 0: no minus before a nought


def added(row, way, base, digits=0):
    """What a way adds to the base: the median, and the interval in which that lies."""
    if way == base:
        return "–"
    over = row[way]["over"][base]
    return f"{number(over['median'], digits)} ({number(over['low'], digits)} to {number(over['high'], digits)})"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def start_table(r):
    plain, socket, rules = r["start"], r["start with a socket"], r["start with rules"]
    head = ["start to end of a program, µs", "bare", "an empty library", "libdontdie", "libkeepalive", "kashim"]

    def row(name, data, own=THIRTY):
        return [name, number(data["nothing"]["value"], 0), *(added(data, way, "nothing", 1) for way in (
            "an empty library", "libdontdie", "libkeepalive", own))]

    return table(head, [
        row("without a socket (`/bin/true`), 30 lines", plain),
        row("with one TCP socket, 30 lines", socket),
        row("without a socket, no file", plain, "kashim, no file"),
        row("without a socket, 30 lines that nobody has compiled", plain, "kashim, 30 lines, not compiled"),
    ]) + "\n" + table(
        ["under more rules, µs over 30 lines", "10 rules", "1,000 rules", "10,000 rules"],
        [["without a socket", *(added(rules, f"{n} rules", "30 lines", 1) for n in (10, 1000, 10000))]])


def call_table(r):
    calls = r["calls"]
    head = ["one turn, ns", "bare", "the calls themselves", "libdontdie", "libkeepalive", "kashim"]
    names = [("setsockopt", "setsockopt(TCP_NODELAY)"), ("udp-socket", "UDP socket + close"),
             ("udp-connect", "UDP connect"), ("unix-socket", "UNIX socket + close"),
             ("accept", "accept4 on a prepared listener"), ("socket", "TCP socket + close"),
             ("connect", "TCP socket + connect + close")]
    rows = [[name, number(calls[key]["nothing"]["value"], 0),
             *(added(calls[key], way, "nothing") for way in ("the bare calls", "libdontdie", "libkeepalive", "kashim"))]
            for key, name in names]
    connect = calls["connect"]
    more = [[f"{n:,} rules by port and peer", added(connect, f"kashim, {n} rules", "the bare calls"),
             added(connect, f"kashim, {n} rules", "kashim, 10 rules")] for n in (10, 1000, 10000)]
    own = [["one policy", added(connect, "kashim", "the bare calls"), "–"]]
    threads = [[f"{n} thread{'s' if n > 1 else ''}", number(row["the bare calls"]["value"], 0),
                added(row, "kashim", "the bare calls")]
               for n, row in ((1, calls["1-thread"]), (8, calls["8-threads"]))]
    return (table(head, rows) + "\n" +
            table(["TCP socket + connect + close, ns", "over the calls themselves", "over 10 rules"], own + more) + "\n" +
            table(["a connection, wall time, ns", "the calls themselves", "kashim adds"], threads))


def count_table(r):
    ways = ["nothing", "an empty library", "libdontdie", "libkeepalive", THIRTY, MANY]
    head = ["`/usr/bin/true`; for memory, programs that wait", "system calls", "instructions", "page faults", "private memory, KiB",
            "the same with a socket", "size, bytes",
            "relocations", "symbols looked up"]
    faults = {way: row["faults"] for way, row in r["start"].items()}
    rows = []
    for way in ways:
        counts = r["counts"][way]
        rows.append([way, *(f"{counts[key]:,}" if key in counts else str(faults.get(way, "")) if key == "faults" else ""
                            for key in ("system calls", "instructions", "faults", "private KiB",
                                        "private KiB with a socket", "bytes", "relocations",
                                        "symbols"))])
    return table(head, rows)


def load_table(r):
    names = {"nginx": "nginx, wrk without keep-alive", "redis": "redis-server, redis-benchmark -k 0"}
    rows = []
    for key, name in names.items():
        row = r["loads"][key]
        rows.append([name, number(row["nothing"]["value"], 0), ratio(row["kashim"]), ratio(row[MANY])])
    return table(["connections a second", "bare", "with kashim, times", "under 10,000 rules, times"], rows)


def ratio(way):
    over = way["over"]["nothing"]
    return f"{over['median']:.3f} ({over['low']:.3f} to {over['high']:.3f})"


# The picture

WIDTH, LEFT, RIGHT, BAR, STEP = 900, 250, 150, 16, 30

STYLE = """
text { font-family: system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; font-size: 12px; fill: #59636e }
.ground { fill: #ffffff; stroke: #d1d9e0 }
.title { font-size: 18px; font-weight: 600; fill: #1f2328 }
.name { font-size: 14px; font-weight: 600; fill: #1f2328 }
.grid { stroke: #e4e8ec }
.peer { fill: #8c959f }
.ours { fill: #0969da }
.limit { fill: #1a7f37 }
.whisker { stroke: #1f2328; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) {
text { fill: #9198a1 }
.ground { fill: #0d1117; stroke: #3d444d }
.title, .name { fill: #f0f6fc }
.grid { stroke: #242a32 }
.peer { fill: #767f89 }
.ours { fill: #58a6ff }
.limit { fill: #3fb950 }
.whisker { stroke: #f0f6fc }
}
"""


def text(x, y, words, kind="", anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{words}</text>'


def panel(top, title, unit, bars):
    """bars: (name, kind, interval over bare)."""
    most = max(over["high"] for _, _, over in bars)
    step = next(s for s in (5, 10, 20, 50, 100, 200, 500, 1000) if most / s <= 6)
    width = WIDTH - LEFT - RIGHT

    def x(value):
        return LEFT + max(0.0, value) / (step * 6) * width

    bottom = top + 24 + STEP * len(bars)
    parts = [text(24, top + 8, title, "name")]
    for tick in range(7):
        at = x(tick * step)
        parts += [f'<line class="grid" x1="{at:.1f}" y1="{top + 18}" x2="{at:.1f}" y2="{bottom}"/>',
                  text(at, bottom + 16, f"{tick * step}", "", "middle")]
    parts.append(text(WIDTH - RIGHT + 24, bottom + 16, unit))
    for i, (name, kind, over) in enumerate(bars):
        y = top + 28 + STEP * i
        middle = y + BAR / 2
        parts += [
            text(LEFT - 10, middle + 4, name, "", "end"),
            f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{max(1.0, x(over["median"]) - LEFT):.1f}" height="{BAR}"/>',
            f'<line class="whisker" x1="{x(over["low"]):.1f}" y1="{middle}" x2="{x(over["high"]):.1f}" y2="{middle}"/>',
            text(x(over["high"]) + 8, middle + 4, number(over["median"], 1 if unit == "µs" else 0)),
        ]
    return parts, bottom + 40


def picture(r):
    def over(row, way):
        return row[way]["over"]["nothing"]

    plain, socket, connect = r["start"], r["start with a socket"], r["calls"]["connect"]
    starts = [("an empty library", "limit"), ("libdontdie", "peer"), ("libkeepalive", "peer"), (THIRTY, "ours")]
    connects = [("the bare calls", "the same options, set by the program", "limit"), ("libdontdie", "", "peer"),
                ("libkeepalive", "", "peer"), ("kashim", "kashim, one policy", "ours"),
                *((f"kashim, {n} rules", f"kashim, {n:,} rules by port and peer", "ours") for n in (10, 1000, 10000))]
    parts = [text(24, 36, "What keepalive costs when it comes from outside", "title"),
             text(24, 58, "Added to a bare run: medians, with the interval in which each lies with 95 %. Less is better.")]
    top = 88
    for title, row, more in (("The start of a program without a socket", plain, []),
                             ("The start of a program with one TCP socket", socket,
                              [("the bare calls", "limit")])):
        bars = [(name if name != "the bare calls" else "no library: it sets the options itself", kind, over(row, name))
                for name, kind in more + starts]
        drawn, top = panel(top, title, "µs", bars)
        parts += drawn
    drawn, top = panel(top, "socket + connect + close, on loopback", "ns",
                       [(name or way, kind, over(connect, way)) for way, name, kind in connects])
    parts += drawn
    description = (f"Start without a socket: libkeepalive {over(plain, 'libkeepalive')['median']:.1f} µs, kashim "
                   f"{over(plain, THIRTY)['median']:.1f} µs. A connection: the bare calls "
                   f"{over(connect, 'the bare calls')['median']:.0f} ns, kashim {over(connect, 'kashim')['median']:.0f} ns.")
    return "\n".join([
        "<!-- SPDX-FileCopyrightText: the kashim authors -->",
        "<!-- SPDX-License-Identifier: MIT -->",
        "<!-- Drawn by tests/bench/run.sh from its measurements. -->",
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top}" viewBox="0 0 {WIDTH} {top}" role="img">',
        "<title>What keepalive costs when it comes from outside</title>",
        f"<desc>{description}</desc>",
        f"<style>{STYLE}</style>",
        f'<rect class="ground" x="0.5" y="0.5" width="{WIDTH - 1}" height="{top - 1}" rx="10"/>',
        *parts,
        "</svg>",
    ]) + "\n"


def main():
    results, lookups, guard = map(pathlib.Path, sys.argv[1:4])
    r = json.loads(results.read_text())
    machine = f"{r['cpu']}, {r['machine']}; load {r['load before']:.1f} before and {r['load after']:.1f} after"
    (HERE / "cost.svg").write_text(picture(r))
    (HERE / "README.md").write_text(f"""# What kashim costs, measured

Written by `tests/bench/run.sh`. {machine}.

All that stands in one line took turns on the same processor (the rows of threads on both){'' if r['rounds'] == 'all' else ', in a tenth of the rounds'}. A
figure is the median of what a way adds to the bare run in the same round, and in brackets the interval in which that
median lies with a probability of 95 %. kashim is installed, its configuration compiled, unless a line says otherwise.

![What each adds](cost.svg)

{start_table(r)}
"The calls themselves": the program sets the same options itself, which is the least that they can take.

{call_table(r)}
{count_table(r)}
The server has processor 0, its clients processor 1; each connection carries one request.

{load_table(r)}
A look-up among so many rules, the compiled table against a walk through the rules; and reading and compiling a file,
which programs need not do where `kashim compile` has:

```
{lookups.read_text().strip()}
```
""")
    part = f"""![What each adds to a bare run](tests/bench/cost.svg)

{start_table(r)}
{call_table(r).split(chr(10) + chr(10))[0]}

{load_table(r)}
({machine}. In brackets: where the median lies with 95 %.)

The guard, over 10,000 sockets of one process; it looks once in a quarter of the smallest `idle`, every 15 s under the
built-in values:

```
{guard.read_text().strip()}
```
"""
    page = README.read_text()
    before, rest = page.split(BEGIN)
    README.write_text(before + BEGIN + part + END + rest.split(END)[1])


main()
