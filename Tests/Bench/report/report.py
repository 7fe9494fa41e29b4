"""The results as text: docs/performance.md, its data file, and the main ratios on the terminal.

The page has the goals and one table for each case; the data file beside it has every figure. The prose
of both is read from notes.md beside this file, so that it survives.
"""

import os
import textwrap

from Bench.report import goals, page, tables

NOTES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "notes.md")


TITLES = {
    "large": "A large file", "small": "Small files", "tls": "Encrypted", "connections": "A connection for each file",
    "clients": "Many senders", "link": "A long link", "resume": "Resume", "history": "History",
}
ABOUT = {
    "large": "One stream over loopback, page cache warm, both ends on this machine. Memory is the most "
    "private memory that a session had. The ceilings are a C program of the bench that does the least "
    "that any receiver of that kind must do.",
    "small": "A directory tree over one connection.",
    "tls": "TLS 1.3 with certificates on both sides beside plain. The bare pairs of NIOSSL write the file, "
    "through the page cache or around it, without a checksum, a history or a receipt.",
    "connections": "A process of the server for each connection. xfer, the classic pair and vsftpd are "
    "driven by the same C client, without the start of a program for each file; vsftpd has its mode with "
    "one process for each connection, its fastest. sftp has no such client: a program for each file. The "
    "slow ones send fewer files. First byte: from the connect to the go-ahead.",
    "clients": "Programs that begin at the same moment. The same files in each table, dealt out to the "
    "senders. Memory is the most private memory of one session, seen in a round that was not counted.",
    "link": "A proxy delays by 50 ms each way and lets 1 Gbit/s pass, after one round trip for the "
    "handshake; no loss, no slow start. Ideal: bytes ÷ bandwidth and four round trips.",
    "resume": "From the connection of the sender that resumes to the first new content, seen by a relay "
    "beside the sender (the handshake is not in it); bytes that the sender reads again by strace. Each "
    "round cuts the same transfer once more.",
    "history": "Pages of 50 rows, and the HTTP pages. Medians; the file is in the page cache.",
}
DATA_HEAD = """# Performance: the figures

Every figure behind [performance.md](performance.md). `make bench` rewrites both; the prose is kept in
`Tests/Bench/report/notes.md`."""


def goal_rows(case, results):
    return [[g.text, g.wanted, g.figure, g.verdict] for g in goals.OF[case](results)]


def goals_table(rows_of):
    """Goals that differ in one variant only stand in one row: their figures in the order of the variants."""
    rows = {}
    for case, found in rows_of.items():
        for text, wanted, figure, verdict in found:
            text, variant = goals.split(text)
            rows.setdefault((case, text, wanted), []).append((variant, figure, verdict))
    return tables.table(["goal", "wanted", "reached", ""], [
        [f"{TITLES[case].lower()}: {text}{listed(v for v, _, _ in of_it)}", wanted,
         " / ".join(figure for _, figure, _ in of_it),
         " / ".join(dict.fromkeys(verdict for _, _, verdict in of_it))]
        for (case, text, wanted), of_it in rows.items()
    ])


def listed(variants):
    named = [variant for variant in variants if variant]
    return f" ({' / '.join(named)})" if named else ""


def machine_rows(machine):
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    return [[key, value] for key, value in machine.items() if key not in ("versions", "when")] + [
        ["compared with", versions]
    ]


def machines(kept):
    """Returns a table of the machine of the newest run, and of the time and the rounds of each case."""
    newest = max((case["machine"] for case in kept.values()), key=lambda machine: machine["when"])
    rows = machine_rows(newest)
    for name, case in kept.items():
        quick = ", quick" if case["quick"] else ""
        about = f"{case['machine']['when']}, {case['rounds']} rounds{quick}, {case['machine']['xfer']}"
        rows.append([TITLES[name].lower(), about])
    return tables.table(["", ""], rows).replace("---:", "---")


def notes():
    """Returns the prose by its headings: method, a case, fast, data."""
    found, key = {}, None
    with open(NOTES) as file:
        for line in file:
            if line.startswith("# "):
                key = line[2:].strip()
            elif key:
                found[key] = found.get(key, "") + line
    return {key: text.strip() for key, text in found.items()}


def together(*parts):
    return "\n\n".join(part for part in parts if part)


def performance(rows_of, tables_of, prose):
    """Returns docs/performance.md."""
    sections = []
    for case, found in tables_of.items():
        shown = page.of_case(case, found)
        sections += [f"## {TITLES[case]}", prose.get(case, ""), shown and tables.table(*shown)]
    return together(
        "# Performance", prose.get("method", ""), "## The goals", goals_table(rows_of), *sections,
        "## What makes it fast", prose.get("fast", "")) + "\n"


def figures(tables_of, machine, prose):
    """Returns docs/performance-data.md."""
    sections = []
    for case, found in tables_of.items():
        sections += [f"## {TITLES[case]}", textwrap.fill(ABOUT[case], 110), tables.render(found)]
    return together(
        DATA_HEAD, *sections, "## Notes", prose.get("data", ""), "## Measured on", machine) + "\n"


def write(path, kept):
    """Writes the page, and beside it the data file."""
    kept = {case: kept[case] for case in TITLES if case in kept}
    prose = notes()
    rows_of = {case: goal_rows(case, one["results"]) for case, one in kept.items()}
    tables_of = {case: tables.of_case(case, one["results"]) for case, one in kept.items()}
    save(path, performance(rows_of, tables_of, prose))
    save(data_path(path), figures(tables_of, machines(kept), prose))


def data_path(path):
    """Returns performance-data.md for performance.md."""
    root, extension = os.path.splitext(path)
    return f"{root}-data{extension}"


def save(path, text):
    with open(path, "w") as file:
        file.write(text)


def summary(kept):
    """Returns the goals, and the contenders that could not take part, for the terminal."""
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
