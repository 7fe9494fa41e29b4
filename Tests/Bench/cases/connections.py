"""A connection for each file, and a process for each connection."""

import os

from Bench.contenders.classic import Classic
from Bench.contenders.ssh import SftpForEach
from Bench.contenders.vsftpd import VsftpdForEach
from Bench.contenders.xfer import LAZY, XferOverClassic
from Bench.fixtures import sources
from Bench.instruments.rounds import Entry, measure


CASE = "connections"
SIZE = 16 << 10


def entries(options, at_once, many, some, few):
    """The slow ones have fewer files: their pace does not depend on the number."""
    programs = options.programs
    yield Entry(XferOverClassic(programs, "xfer, lazy", *LAZY, at_once=at_once), many)
    yield Entry(XferOverClassic(programs, "xfer, as by default", at_once=at_once), many)
    yield Entry(Classic("classic pair, TCP_NODELAY", "--nodelay", at_once=at_once), many)
    yield Entry(Classic("classic pair", at_once=at_once), some)
    yield Entry(VsftpdForEach(at_once), many)
    yield Entry(SftpForEach(at_once), few)


def run(options):
    results = []
    counts = {16: (5_000, 400, 50), 1: (1_000, 40, 10)}
    if options.quick:
        counts = {16: (500, 100, 16), 1: (100, 20, 4)}
    for at_once, numbers in counts.items():
        directory = os.path.join(options.work, f"{at_once}-at-once")
        files = [
            sources.uniform(os.path.join(directory, f"source-{n}"), n, SIZE) for n in numbers
        ]
        scenario = f"files of 16 KiB, {at_once} at once"
        found = list(entries(options, at_once, *files))
        results += measure(CASE, scenario, found, options.rounds, directory)
    return results
