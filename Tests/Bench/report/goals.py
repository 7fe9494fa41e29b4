"""The goals of the issue, each beside what was reached."""

from Bench.report.results import extra, find, median, rate, ratio, seconds


MIB = 1 << 20
LAZY, DEFAULT = "xfer, lazy", "xfer, as by default"
LINK = 125e6  # bytes a second
PAGE_MS = 5
NO_SHA = "xfer, lazy, no SHA-256"
BY_END = "names that end with"
ENCRYPTED = "xfer, TLS, lazy", "xfer, TLS, lazy, no SHA-256", "xfer, TLS, as by default"


class Goal:
    """A sentence, a figure or None where it was not measured, the bound, and on which side of it. A bound of at
    least 0 is none: the figure is only shown."""

    def __init__(self, text, reached, bound, unit="×", most=False):
        self.text, self.reached, self.bound, self.unit, self.most = text, reached, bound, unit, most

    @property
    def verdict(self):
        if self.reached is None:
            return "not measured"
        if self.wanted == "–":
            return ""
        met = self.reached <= self.bound if self.most else self.reached >= self.bound
        return "met" if met else "not met"

    @property
    def wanted(self):
        if self.bound == 0 and not self.most:
            return "–"
        return f"{'≤' if self.most else '≥'} {self.bound:,g} {self.unit}".strip()

    @property
    def figure(self):
        return "–" if self.reached is None else f"{self.reached:,.3g} {self.unit}".strip()


def large(found):
    bare, same_work = NO_SHA, "ceiling: CRC-32C at both ends"
    durable = "ceiling: CRC-32C, SHA-256, durable"
    return [
        Goal(f"{bare}, to the faster ceiling with the same work", to_ceiling(found, bare, same_work), 0.9),
        Goal(f"{bare}, to nginx PUT", ratio(found, bare, "curl to nginx (PUT)"), 1.5),
        Goal(f"{bare}, to rsync", ratio(found, bare, "rsync"), 3),
        Goal(f"{DEFAULT}, to the faster ceiling with the same work", to_ceiling(found, DEFAULT, durable), 0.9),
        Goal(f"{DEFAULT}, to rsync --fsync", ratio(found, DEFAULT, "rsync --fsync"), 1.5),
        memory_goal(found, "private memory of a session, one large file", 4, LAZY, DEFAULT),
    ]


def to_ceiling(found, contender, ceiling):
    """Returns the ratio to the faster ceiling. The machine decides which way to the disk is the faster one."""
    ratios = [ratio(found, contender, label) for label in (ceiling, f"{ceiling}, direct")]
    return min((value for value in ratios if value is not None), default=None)


def memory_goal(found, text, mebibytes, *contenders, scenario=None):
    """By the largest session of all that are named."""
    most = [
        size
        for result in found
        if result.get("contender") in contenders and (scenario or "") in result["scenario"]
        for size in result.get("extra", {}).get("private_bytes") or []
        if size is not None
    ]
    return Goal(text, max(most) / MIB if most else None, mebibytes, "MiB", most=True)


def small(found):
    of = "4 KiB"
    return [
        Goal(f"{DEFAULT}, to rsync --fsync", ratio(found, DEFAULT, "rsync --fsync", of), 4),
        Goal(f"{DEFAULT}, to rsync", ratio(found, DEFAULT, "rsync", of), 1),
    ]


def tls(found):
    bare, pair = "xfer, TLS, lazy, no SHA-256", "bare pair of NIOSSL"
    keys = "handshakes, the key in a process of its own", "handshakes, the key in each process"
    return [
        Goal(f"{bare}, to the faster bare pair of NIOSSL", to_ceiling(found, bare, pair), 0.8),
        Goal("xfer, TLS, lazy, to the faster bare pair of NIOSSL", to_ceiling(found, "xfer, TLS, lazy", pair), 0.8),
        Goal("xfer, TLS, lazy, to scp", ratio(found, "xfer, TLS, lazy", "scp to sshd"), 2),
        Goal("small files, TLS, to plain", ratio(found, "xfer, TLS, as by default", "xfer, plain, as by default"), 0.7),
        memory_goal(found, "private memory of a session with TLS", 6, *ENCRYPTED),
        # The issue asks for the figures of both, and names no bound.
        Goal("new connections, the key in a process of its own, to in each process", ratio(found, *keys, of="files"), 0),
    ]


def connections(found):
    goals = []
    for at_once in ("1", "16"):
        of = f", {at_once} at once"
        for other, bound in (
            ("classic pair", 100), ("classic pair, TCP_NODELAY", 0.8), ("vsftpd", 1),
            ("sftp to sshd, one for each file", 10),
        ):
            reached = ratio(found, LAZY, other, of, "files")
            goals.append(Goal(f"{LAZY}, to {other}{of}", reached, bound))
        goals.append(Goal(f"durable to lazy{of}", ratio(found, DEFAULT, LAZY, of, "files"), 0.5))
    return goals


def clients(found):
    one, many = find(found, LAZY, "1 sender,"), find(found, LAZY, "64 senders")
    total = rate(many) / rate(one) if one and many else None
    return [
        Goal("64 senders to one, lazy", total, 0.95),
        Goal("64 senders, lazy: slowest to fastest", extra(many, "fairness") if many else None, 0.5),
        memory_goal(found, "private memory of a session that receives", 4, LAZY, DEFAULT),
        memory_goal(found, "private memory of an idle session", 1, "xfer, 64 idle sessions"),
    ]


def link(found):
    goals = []
    for contender in (LAZY, DEFAULT):
        few, one = find(found, contender, "16 KiB"), find(found, contender, "one file")
        taken = seconds(few) / few["ideal"] if few else None
        part = rate(one) / LINK if one else None
        goals += [
            Goal(f"{contender}, small files, to the ideal time", taken, 1.3, most=True),
            Goal(f"{contender}, small files, to rsync", ratio(found, contender, "rsync", "16 KiB"), 1),
            Goal(f"{contender}, large file, to the link", part, 0.95),
        ]
    return goals


def resume(found):
    near, far = find(found, LAZY, "loopback"), find(found, LAZY, "each way")
    milliseconds = [median(result["seconds"]) * 1000 if result else None for result in (near, far)]
    again = extra(near, "read_again") if near else None
    return [
        Goal("first new byte, loopback", milliseconds[0], 50, "ms", most=True),
        Goal("first new byte, 100 ms round trip", milliseconds[1], 150, "ms", most=True),
        Goal("bytes that the sender reads again", again, 0, "bytes", most=True),
    ]


def history(found):
    """Of the longest history that was measured; what is asked is judged by its slowest kind."""
    rows = max((result["rows"] for result in found), default=0)
    longest = [result for result in found if result["rows"] == rows]
    inserted = [result["rows_per_second"] for result in longest if "rows_per_second" in result]
    pages = [r["median_ms"] for r in longest if is_page(r["contender"])]
    ends = [r["median_ms"] for r in longest if r["contender"].startswith(BY_END)]
    stats = [r["median_ms"] for r in longest if r["contender"] == "GET /stats"]
    long = f"{rows:,} rows"
    kinds = f"a page by client, beginning of names and time, the slowest of {len(pages)} kinds, {long}"
    by_end = f"a page by the end of names, the slowest of {len(ends)}, {long}"
    return [
        Goal(f"rows inserted in a second, {long}", min(inserted, default=None), 50_000, ""),
        Goal(kinds, max(pages, default=None), PAGE_MS, "ms", most=True),
        Goal(by_end, max(ends, default=None), PAGE_MS, "ms", most=True),
        Goal(f"/stats, {long}", max(stats, default=None), 10, "ms", most=True),
    ]


def is_page(contender):
    is_other = contender in ("GET /stats", "GET /metrics", "insert", "summary")
    return not is_other and not contender.startswith(BY_END)


# The variants in which two goals of one kind may differ.
VARIANTS = [", 1 at once", ", 16 at once", f"{LAZY}, ", f"{DEFAULT}, "]
VARIED = ("at once", "small files, to", "large file, to the link")


def split(text):
    """The goal without its variant, and the variant; the latter empty for goals that have none."""
    for variant in VARIANTS:
        if variant in text and any(part in text for part in VARIED):
            return text.replace(variant, ""), variant.strip(", ")
    return text, ""


OF = {
    "large": large, "small": small, "tls": tls, "connections": connections, "clients": clients,
    "link": link, "resume": resume, "history": history,
}
