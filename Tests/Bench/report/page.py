"""The one table of each case on docs/performance.md: selected columns of the tables in
docs/performance-data.md, side by side."""

from fnmatch import fnmatchcase

from Bench.report import goals


# Scenario, column, title on the page.
SHOWN = {
    "large": [
        ("one file of*", column, column)
        for column in ("GB/s", "seconds", "min–max", "CPU s/GiB, client", "server", "MiB a session")
    ],
    "small": [
        ("* of 4 KiB", "files/s", "4 KiB each: files/s"), ("* of 4 KiB", "seconds", "seconds"),
        ("a real tree*", "files/s", "a real tree: files/s"), ("a real tree*", "seconds", "seconds"),
    ],
    "tls": [
        ("one file of*", "GB/s", "one file: GB/s"), ("one file of*", "MiB a session", "MiB a session"),
        ("* of 4 KiB", "files/s", "4 KiB each: files/s"),
        ("new connections*", "connections/s", "new connections: a second"), ("new connections*", "whole p50 ms", "p50 ms"),
        ("a file of 16 KiB in each*", "connections/s", "16 KiB in each: a second"),
    ],
    "connections": [
        ("*, 1 at once", "files/s", "1 at once: files/s"), ("*, 1 at once", "whole p50 ms", "p50 ms"),
        ("*, 16 at once", "files/s", "16 at once: files/s"), ("*, 16 at once", "whole p50 ms", "p50 ms"),
    ],
    "clients": [
        ("1 sender,*", "GB/s", "1 sender: GB/s"), ("8 senders*", "GB/s", "8 senders"),
        ("64 senders*", "GB/s", "64 senders"),
        ("64 senders*", "slowest ÷ fastest", "slowest ÷ fastest of 64"),
        ("512 senders*", "GB/s", "512 senders"),
    ],
    "link": [
        ("*files of 16 KiB", "seconds", "files of 16 KiB: s"), ("*files of 16 KiB", "ideal s", "ideal s"),
        ("*in one file", "seconds", "one large file: s"), ("*in one file", "ideal s", "ideal s"),
    ],
    "resume": [
        ("*, loopback", "first new byte ms", "loopback: first new byte ms"),
        ("*, loopback", "receipt s", "receipt s"),
        ("*, loopback", "bytes that the sender reads again", "bytes that the sender reads again"),
        ("*each way", "first new byte ms", "50 ms each way: first new byte ms"),
    ],
}


def of_case(case, tables):
    """A head and rows, or None if nothing of them was measured."""
    return of_history(tables) if case == "history" else side_by_side(SHOWN[case], tables)


def side_by_side(shown, tables):
    columns = [
        (title, dict(found))
        for scenario, column, title in shown
        for found in [figures(tables, scenario, column)]
        if found
    ]
    contenders = dict.fromkeys(name for _, found in columns for name in found)
    rows = [[name, *(found.get(name, "–") for _, found in columns)] for name in contenders]
    return (["", *(title for title, _ in columns)], rows) if rows else None


def figures(tables, scenario, column):
    """Each contender's figure in a column of the tables of a scenario."""
    return [
        (row[0], row[head.index(column)])
        for head, rows in tables
        if fnmatchcase(head[0], scenario) and column in head
        for row in rows
    ]


def of_history(tables):
    """A row for each length of the history: what is inserted, and the slowest of each kind of question."""
    found = {}
    for head, rows in tables:
        for cells in rows:
            result = dict(zip(head, cells))
            found.setdefault(result["rows"], []).append(result)
    head = ["rows", "inserted/s", "bytes a row", "slowest page ms", "by the end of names ms"]
    head += ["/stats ms", "/metrics ms"]
    return (head, [history_row(rows, of_it) for rows, of_it in found.items()]) if found else None


def history_row(rows, results):
    def one(contender, key):
        return next((r[key] for r in results if r["contender"] == contender and key in r), "–")

    def slowest(matches):
        medians = [r["median_ms"] for r in results if "median_ms" in r and matches(r["contender"])]
        return max(medians, key=value, default="–")

    return [
        rows, one("insert", "rows_per_second"), one("insert", "bytes_per_row"),
        slowest(goals.is_page),
        slowest(lambda name: name.startswith(goals.BY_END)),
        one("GET /stats", "median_ms"), one("GET /metrics", "median_ms"),
    ]


def value(text):
    return -1.0 if text == "–" else float(text.replace(",", ""))
