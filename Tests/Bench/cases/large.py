"""One large file, one stream, in the page cache at both ends."""

import os

from Bench.contenders.ceiling import Ceiling
from Bench.contenders.classic import Classic
from Bench.contenders.nginx import Nginx
from Bench.contenders.rsync import Rsync
from Bench.contenders.ssh import Scp
from Bench.contenders.vsftpd import CurlToVsftpd
from Bench.contenders.xfer import LAZY, Xfer
from Bench.fixtures import sources
from Bench.instruments.rounds import Entry, measure


CASE = "large"
GIB = 1 << 30


def of_xfer(programs):
    return [
        Xfer(programs, "xfer, lazy", *LAZY),
        Xfer(programs, "xfer, lazy, no SHA-256", *LAZY, "--digest", "none"),
        Xfer(programs, "xfer, as by default"),
    ]


def ceilings(quick):
    """Returns a ceiling for each of xfer's ways: any receiver must do what the wire and the receipt ask for.
    Through the page cache, and around it."""
    direct = [
        Ceiling("ceiling: CRC-32C at both ends, direct", "--sums", "--direct"),
        Ceiling(
            "ceiling: CRC-32C, SHA-256, durable, direct", "--sums", "--sha256", "--sync", "--direct"
        ),
    ]
    if quick:
        return direct
    return direct + [
        Ceiling("ceiling: CRC-32C at the receiver only", "--crc"),
        Ceiling("ceiling: CRC-32C at both ends", "--sums"),
        Ceiling("ceiling: CRC-32C, SHA-256", "--sums", "--sha256"),
        Ceiling("ceiling: CRC-32C, SHA-256, durable", "--sums", "--sha256", "--writeback", "--sync"),
    ]


def peers(quick):
    few = [Rsync("rsync"), Rsync("rsync --fsync", "--fsync"), Nginx()]
    return few if quick else few + [Scp(), CurlToVsftpd()]


def run(options):
    size = GIB // 4 if options.quick else 4 * GIB
    source = sources.single(os.path.join(options.work, "source"), size)
    contenders = of_xfer(options.programs) + ceilings(options.quick) + peers(options.quick)
    entries = [Entry(contender, source) for contender in contenders]
    if not options.quick:
        # Its size field ends at 2 GiB, and its pace does not depend on the size.
        part = sources.single(os.path.join(options.work, "part"), GIB)
        entries.append(Entry(Classic("classic pair (1 GiB)"), part))
    scenario = f"one file of {size / GIB:g} GiB"
    return measure(CASE, scenario, entries, options.rounds, options.work)
