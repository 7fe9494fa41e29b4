"""The results as text: docs/performance.md, and the main ratios on the terminal.

What stands under "What bounds it" is read from notes.md beside this file, so that it survives.
"""

import os

import goals
import tables
from processes import HERE

TITLES = {
    "large": "A large file", "small": "Small files", "connections": "A connection for each file",
    "clients": "Many senders", "link": "A long link", "resume": "Resume", "history": "History",
}
ABOUT = {
    "large": "One stream over loopback, page cache warm, both ends on this machine. Memory is the most "
    "private memory that a session had. The ceilings are a C program of the bench that does the least "
    "that any receiver of that kind must do.",
    "small": "A directory tree over one connection.",
    "connections": "A process of the server for each connection. xfer, the classic pair and vsftpd are "
    "driven by the same C client, without the start of a program for each file; vsftpd has its mode with "
    "one process for each connection, its fastest. sftp has no such client: a program for each file. The "
    "slow ones send fewer files. First byte: from the connect to the go-ahead.",
    "clients": "Programs that begin at the same moment. The same files in each table, dealt out to the "
    "senders. Memory is the most private memory of one session, seen in a round that was not counted.",
    "link": "A proxy delays by 50 ms each way and lets 1 Gbit/s pass, after one round trip for the "
    "handshake; no loss, no slow start. Ideal: bytes ÷ bandwidth and four round trips.",
    "resume": "From the connection of the sender that goes on to the first new content, seen by a relay "
    "beside the sender (the handshake is not in it); bytes that the sender reads again by strace. Each round cuts the same transfer once more.",
    "history": "",
}
HEAD = """# Performance

Measured by `make bench`, which rewrites this page; the prose under "What bounds it" is kept in
`Tests/Bench/notes.md`. The contenders run in rounds, in each in another order, after one that is not counted; figures
are medians of the runs, and everything that arrived was compared byte by byte before its time counted.
xfer's rows in the history were counted as well. Goals are ratios of medians in one run.
"""


def goal_rows(case, results):
    return [[g.text, g.wanted, g.figure, g.verdict] for g in goals.OF[case](results)]


def all_goals(kept):
    rows = [
        [TITLES[case].lower() + ": " + cells[0], *cells[1:]]
        for case in TITLES if case in kept
        for cells in goal_rows(case, kept[case]["results"])
    ]
    return "## The goals\n\n" + tables.table(["goal", "wanted", "reached", ""], rows)


def machine_rows(machine):
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    return [[key, value] for key, value in machine.items() if key not in ("versions", "when")] + [
        ["compared with", versions]
    ]


def machines(kept):
    """The machine of the newest run, and which cases are of which time and rounds."""
    newest = max((case["machine"] for case in kept.values()), key=lambda machine: machine["when"])
    rows = machine_rows(newest)
    for name, case in kept.items():
        quick = ", quick" if case["quick"] else ""
        about = f"{case['machine']['when']}, {case['rounds']} rounds{quick}, {case['machine']['xfer']}"
        rows.append([TITLES[name].lower(), about])
    return "## Measured on\n\n" + tables.table(["", ""], rows).replace("---:", "---")


def section(case, results):
    parts = [f"## {TITLES[case]}", ABOUT[case], tables.of_case(case, results)]
    return "\n\n".join(part for part in parts if part)


def notes():
    path = os.path.join(HERE, "notes.md")
    if not os.path.exists(path):
        return ""
    with open(path) as file:
        return "## What bounds it\n\n" + file.read().strip()


def document(kept):
    ordered = {case: kept[case] for case in TITLES if case in kept}
    parts = [HEAD.strip(), all_goals(ordered), notes()]
    parts += [section(case, kept["results"]) for case, kept in ordered.items()]
    return "\n\n".join(part for part in [*parts, machines(ordered)] if part) + "\n"


def write(path, kept):
    with open(path, "w") as file:
        file.write(document(kept))


def summary(kept):
    """The goals, and what could not take part, for the terminal."""
    lines = []
    for case, of_case in kept.items():
        lines.append(TITLES[case])
        for text, wanted, figure, verdict in goal_rows(case, of_case["results"]):
            lines.append(f"  {text:60} {wanted:>12} {figure:>14}  {verdict}")
        for result in of_case["results"]:
            for what in ("missing", "error"):
                if result.get(what):
                    lines.append(f"  {result['contender']}: {what}: {result[what]}")
    return "\n".join(lines)
