# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
"""Draws what timeline.sh measured: timeline.py FOLDER FILE.svg

FOLDER holds `packets` (tcpdump -n -tt), `cut` and `watched` (the times of both), and NAME.out of each client. Nothing
is drawn that is not in there; what does not fit the words of the picture ends this with an error instead.
"""
import pathlib
import re
import sys
from xml.sax.saxutils import escape

# The rule of the picture, as timeline.sh gives it: dead_after = "12s" is 8 s of idle and four probes 1 s apart.
DEAD_AFTER, PROBES = 12, 4

WIDTH, LEFT, RIGHT = 900, 44, 30
FIRST_SECOND, LAST_SECOND = -0.3, 15.5
TOP, LANE, BASELINE = 88, 92, 54

STYLE = """
text { font-family: system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; font-size: 12px; fill: #59636e }
.ground { fill: #ffffff; stroke: #d1d9e0 }
.title { font-size: 18px; font-weight: 600; fill: #1f2328 }
.name { font-size: 14px; font-weight: 600; fill: #1f2328 }
.code { font-family: ui-monospace, 'SF Mono', Menlo, 'DejaVu Sans Mono', monospace; font-size: 12px; font-weight: 400 }
.grid { stroke: #e4e8ec }
.budget { stroke: #8c959f; stroke-dasharray: 2 3 }
.up { stroke: #1a7f37; stroke-width: 3 }
.down { stroke: #8c959f; stroke-width: 3 }
.arrow { fill: #8c959f }
.byte { fill: #1a7f37 }
.cut { stroke: #bc4c00; stroke-width: 2; stroke-dasharray: 4 3 }
.cut-word { fill: #bc4c00 }
.probe { stroke: #0969da; stroke-width: 3 }
.probe-word { fill: #0969da }
.again { stroke: #8250df; stroke-width: 3 }
.again-word { fill: #8250df }
.death { stroke: #cf222e; stroke-width: 3.5 }
.death-word { fill: #cf222e; font-weight: 600 }
@media (prefers-color-scheme: dark) {
text { fill: #9198a1 }
.ground { fill: #0d1117; stroke: #3d444d }
.title, .name { fill: #f0f6fc }
.grid { stroke: #242a32 }
.budget, .down { stroke: #767f89 }
.arrow { fill: #767f89 }
.up { stroke: #3fb950 }
.byte { fill: #3fb950 }
.cut { stroke: #f0883e }
.cut-word { fill: #f0883e }
.probe { stroke: #58a6ff }
.probe-word { fill: #58a6ff }
.again { stroke: #bc8cff }
.again-word { fill: #bc8cff }
.death { stroke: #ff7b72 }
.death-word { fill: #ff7b72 }
}
"""


class Connection:
    """What the capture and the client say of one connection, in seconds since its last byte.

    The last byte is the last packet before the cut, or what the client sent first after it.
    """

    def __init__(self, folder, name):
        said = (folder / f"{name}.out").read_text().split()
        port = said[said.index("port") + 1]
        cut = float((folder / "cut").read_text())
        ours = re.compile(rf"^([\d.]+) IP 127\.0\.0\.1\.{port} > .* Flags \[(\S+)\].* length (\d+)$")
        theirs = re.compile(rf"^([\d.]+) IP \S+ > 127\.0\.0\.1\.{port}: ")

        last_byte = 0.0
        probes, data = [], []
        for line in (folder / "packets").read_text().splitlines():
            if match := theirs.match(line):
                expect(float(match[1]) < cut, f"{name} got an answer after the cut: {line}")
            if not (match := ours.match(line)):
                continue
            time, flags, length = float(match[1]), match[2], int(match[3])
            if time < cut:
                last_byte = time
            elif length:
                data.append(time)
            elif "R" not in flags:  # the kernel says good-bye to an idle connection with a reset
                probes.append(time)
        start = data[0] if data else last_byte
        self.cut = cut - start
        self.probes = [time - start for time in probes]
        self.again = [time - start for time in data[1:]]
        self.sent = bool(data)
        self.watched = float((folder / "watched").read_text()) - start
        self.death, self.error = None, None
        if "ended" in said:
            self.death = float(said[said.index("ended") + 1]) - start
            self.error = said[said.index("ended") + 2]


def expect(condition, otherwise):
    if not condition:
        sys.exit(f"timeline.py: {otherwise}")


def x(second):
    return LEFT + (second - FIRST_SECOND) / (LAST_SECOND - FIRST_SECOND) * (WIDTH - LEFT - RIGHT)


def text(at, y, words, kind="", anchor="middle"):
    return f'<text x="{at:.1f}" y="{y}" class="{kind}" text-anchor="{anchor}">{words}</text>'


def line(kind, x1, y1, x2, y2):
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def lane(top, name, rule, connection):
    """One connection: its name, its rule, and what happened to it."""
    y = top + BASELINE
    cut, end = max(connection.cut, 0), connection.death or LAST_SECOND
    rule = f'<tspan class="code" dx="12">{escape(rule)}</tspan>' if rule else ""
    parts = [
        text(LEFT - 22, top + 16, escape(name) + rule, "name", "start"),
        line("up", x(0), y, x(cut), y),
        line("down", x(cut), y, x(end) - (0 if connection.death else 6), y),
        text(x(0), y + 24, "request" if connection.sent else "last byte"),
        line("cut", x(cut), y - 16, x(cut), y + 10),
        f'<circle class="byte" cx="{x(0):.1f}" cy="{y}" r="5.5"/>',
    ]
    if cut > 0.5:
        parts.append(text(x(cut), y + 24, f"wire cut, {cut:.1f} s", "cut-word"))
    for number, probe in enumerate(connection.probes, 1):
        parts += [
            line("probe", x(probe), y - 9, x(probe), y + 9),
            text(x(probe), y - 15, f"probe {number}", "probe-word"),
            text(x(probe), y + 24, f"{probe:.1f} s"),
        ]
    room = x(0) + 30
    for again in (second for second in connection.again if second < LAST_SECOND):
        parts.append(line("again", x(again), y - 7, x(again), y + 7))
        if x(again) > room + 18:
            parts.append(text(x(again), y + 24, f"{again:.1f} s"))
            room = x(again) + 18
    if connection.again:
        parts.append(text(x(0) + 12, y - 15, "wire cut, then a request: sent again and again", "again-word", "start"))
    if connection.death:
        at = x(end)
        parts += [
            line("death", at - 7, y - 7, at + 7, y + 7),
            line("death", at - 7, y + 7, at + 7, y - 7),
            text(at + 14, y + 5, f"{connection.error}, {end:.1f} s", "death-word", "start"),
        ]
    else:
        tip = x(LAST_SECOND)
        parts.append(f'<path class="arrow" d="M{tip:.1f} {y}l-11 -6v12z"/>')
        parts.append(text(tip, y - 15, "still waits", "", "end"))
    return parts


def main():
    folder, target = map(pathlib.Path, sys.argv[1:])
    bare, idle, kept, limited = (
        Connection(folder, name) for name in ("idle-bare", "idle-probes", "asks-probes", "asks-limit")
    )
    expect(bare.death is None and not bare.probes, "the client without kashim did not simply wait")
    expect(len(idle.probes) == PROBES, f"{len(idle.probes)} probes instead of {PROBES}: {idle.probes}")
    expect(kept.death is None, f"keepalive alone ended data in flight: {kept.error}")
    for connection in (kept, limited):
        expect(connection.again and not connection.probes, "data in flight were not sent again, or there were probes")
    for connection in (idle, limited):
        expect(connection.error == "ETIMEDOUT", f"the error is {connection.error}")
        expect(DEAD_AFTER - 1.5 < connection.death < LAST_SECOND,
               f"dead after {connection.death} s instead of {DEAD_AFTER}")
    expect(min(bare.watched, kept.watched) > LAST_SECOND, "the connections were not watched to the end of the picture")

    lanes = [
        ("Idle, without kashim", "", bare),
        ("Idle, with kashim", 'dead_after = "12s"', idle),
        ("Data in flight", 'dead_after = "12s", user_timeout = "off"', kept),
        ("Data in flight", 'dead_after = "12s", user_timeout = "auto"', limited),
    ]
    bottom = TOP + LANE * len(lanes) + 4
    parts = []
    for second in range(0, int(LAST_SECOND) + 1, 2):
        parts += [line("grid", x(second), TOP, x(second), bottom), text(x(second), bottom + 18, f"{second} s")]
    parts += [
        line("budget", x(DEAD_AFTER), TOP - 4, x(DEAD_AFTER), bottom),
        text(x(DEAD_AFTER), TOP - 10, "dead_after", "code"),
        text(LEFT - 22, 36, "How a program notices that its server is gone", "title", "start"),
        text(LEFT - 22, 58, "Seconds since the last byte. The wire is cut in silence; four python3 clients wait for an "
             "answer.", "", "start"),
    ]
    for number, (name, rule, connection) in enumerate(lanes):
        parts += lane(TOP + LANE * number, name, rule, connection)

    height = bottom + 34
    description = (f"Idle: without kashim still waiting; with kashim probes at "
                   f"{', '.join(f'{probe:.1f}' for probe in idle.probes)} s, {idle.error} at {idle.death:.1f} s. "
                   f"Data in flight: keepalive alone still waiting; with user_timeout {limited.error} at "
                   f"{limited.death:.1f} s.")
    target.write_text("\n".join([
        "<!-- SPDX-FileCopyrightText: the kashim authors -->",
        "<!-- SPDX-License-Identifier: MIT -->",
        "<!-- Drawn by tests/wire/timeline.sh from a capture. -->",
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        'role="img">',
        "<title>How a program notices that its server is gone</title>",
        f"<desc>{description}</desc>",
        f"<style>{STYLE}</style>",
        f'<rect class="ground" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="10"/>',
        *parts,
        "</svg>",
    ]) + "\n")
    print(description)


main()
