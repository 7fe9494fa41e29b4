"""Encrypted beside plain: one large file, and many small ones."""

import os

from Bench.contenders.ssh import Scp, Sftp
from Bench.contenders.tls import RsyncOverSsh, TLSPair, XferIdentified
from Bench.contenders.xfer import LAZY, Xfer
from Bench.fixtures import sources
from Bench.instruments.rounds import Entry, measure


CASE = "tls"
GIB = 1 << 30


def large(options):
    size = GIB // 4 if options.quick else 4 * GIB
    source = sources.single(os.path.join(options.work, "source"), size)
    contenders = [
        TLSPair(options.programs),
        XferIdentified(options.programs, "xfer, TLS, lazy", *LAZY),
        XferIdentified(
            options.programs, "xfer, TLS, lazy, no SHA-256", *LAZY, "--digest", "none"),
        Xfer(options.programs, "xfer, plain, lazy", *LAZY),
        Xfer(options.programs, "xfer, plain, lazy, no SHA-256", *LAZY, "--digest", "none"),
        Scp(),
        RsyncOverSsh(),
    ]
    entries = [Entry(contender, source) for contender in contenders]
    return measure(CASE, f"one file of {size / GIB:g} GiB", entries, options.rounds, options.work)


def small(options):
    count = 1_000 if options.quick else 10_000
    source = sources.uniform(os.path.join(options.work, "uniform"), count, 4096, per_directory=100)
    contenders = [
        XferIdentified(options.programs, "xfer, TLS, as by default"),
        Xfer(options.programs, "xfer, plain, as by default"),
        Sftp(),
        RsyncOverSsh(),
    ]
    entries = [Entry(contender, source) for contender in contenders]
    directory = os.path.join(options.work, "small-runs")
    return measure(CASE, f"{count:,} files of 4 KiB", entries, options.rounds, directory)


def run(options):
    return large(options) + small(options)
