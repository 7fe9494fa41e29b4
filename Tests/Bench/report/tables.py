"""The tables of a case, and the texts of figures. A table is a head and rows, all of them texts:
docs/performance-data.md shows every column, docs/performance.md the columns that page.py selects."""

from Bench.report.results import cpu_of_each, cpu_per_gib, extra, rate, seconds


MIB = 1 << 20


def number(value, scale=1.0, digits=3):
    """Three digits that count; whole numbers above that."""
    if value is None:
        return "–"
    value *= scale
    return f"{value:,.0f}" if abs(value) >= 10 ** (digits - 1) else f"{value:.{digits}g}"


def span(result):
    return f"{number(min(result['seconds']))}–{number(max(result['seconds']))}"


def milliseconds(result, key):
    return number(extra(result, key), 1000)


def mebibytes(result, key):
    return number(extra(result, key), 1 / MIB)


TIME = [("seconds", lambda r: number(seconds(r))), ("min–max", span)]
BYTES = ("GB/s", lambda r: number(rate(r), 1e-9))
FILES = ("files/s", lambda r: number(rate(r, "files")))
CPU = [
    ("CPU s/GiB, client", lambda r: number(cpu_per_gib(r, "client_cpu"))),
    ("server", lambda r: number(cpu_per_gib(r, "server_cpu"))),
]
MEMORY = ("MiB a session", lambda r: mebibytes(r, "private_bytes"))
FAIRNESS = ("slowest ÷ fastest", lambda r: number(extra(r, "fairness")))
LATENCY = [
    ("first byte p50 ms", lambda r: milliseconds(r, "first_p50")),
    ("p99 ms", lambda r: milliseconds(r, "first_p99")),
    ("whole p50 ms", lambda r: milliseconds(r, "total_p50")),
    ("p99 ms ", lambda r: milliseconds(r, "total_p99")),
]
RESUME = [
    ("first new byte ms", lambda r: number(seconds(r), 1000)),
    ("min–max s", span),
    ("bytes that the sender reads again", lambda r: number(extra(r, "read_again"))),
    ("receipt s", lambda r: number(extra(r, "receipt"))),
]

COLUMNS = {
    "large": [BYTES, *TIME, *CPU, MEMORY],
    "small": [FILES, *TIME, BYTES],
    "tls": [BYTES, FILES, *TIME, *CPU, MEMORY],
    "connections": [FILES, *TIME, *LATENCY],
    "clients": [BYTES, *TIME, FAIRNESS, MEMORY, *CPU],
    "link": [*TIME, ("ideal s", lambda r: number(r["ideal"])), BYTES],
    "resume": RESUME,
}
# Where connections are counted, which carry little or nothing.
CONNECTIONS = [
    ("connections/s", FILES[1]), *TIME, *LATENCY[2:],
    ("CPU ms each, client", lambda r: number(cpu_of_each(r, "client_cpu"), 1000)),
    ("server ", lambda r: number(cpu_of_each(r, "server_cpu"), 1000)),
]
# The keys of the results of the history are the heads of its tables.
TIMES = ["contender", "rows", "median_ms", "max_ms"]
HISTORY = [
    ["contender", "rows", "rows_per_second", "rows_per_second_by_million", "processor_us_per_row",
     "bytes_per_row", "written_bytes_per_row"],
    [*TIMES, "processor_ms", "found"],
    TIMES,
]


def line(cells):
    return "| " + " | ".join(cells) + " |"


def table(head, rows):
    marks = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join(map(line, [head, marks, *rows]))


def render(tables):
    return "\n\n".join(table(head, rows) for head, rows in tables)


def cells(result, columns):
    if result.get("missing"):
        return [f"missing: {result['missing']}"] + [""] * (len(columns) - 1)
    if result.get("error"):
        return [f"failed: {result['error']}".replace("|", "/")] + [""] * (len(columns) - 1)
    return [figure(result) for _, figure in columns]


def columns_of(case, scenario):
    return CONNECTIONS if case == "tls" and "connection" in scenario else COLUMNS[case]


def of_case(case, results):
    """A table for each scenario, in the order in which they were run."""
    if case == "history":
        return of_history(results)
    tables = []
    for scenario in dict.fromkeys(result["scenario"] for result in results):
        of_it = [result for result in results if result["scenario"] == scenario]
        timed = any(result["seconds"] for result in of_it)
        columns = columns_of(case, scenario)
        columns = columns if timed or MEMORY not in columns else [MEMORY]
        rows = [[result["contender"], *cells(result, columns)] for result in of_it]
        tables.append(([scenario, *(name.strip() for name, _ in columns)], rows))
    return tables


def of_history(results):
    """A table for each kind of figures: of inserts, of questions to the history, and of pages."""
    tables = []
    for head in HISTORY:
        rows = [[plain(result[key]) for key in head] for result in results if result.keys() - {"case"} == set(head)]
        tables += [(head, rows)] if rows else []
    return tables


def plain(value):
    if isinstance(value, float):
        return number(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "–" if value is None else str(value).replace("|", "/")
