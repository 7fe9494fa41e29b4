"""Encrypted beside plain: one large file, many small ones, and many connections."""

import os

from Bench.contenders.ssh import Scp, Sftp
from Bench.contenders.tls import (
    Handshakes, RsyncOverSsh, TLSPair, TLSPairDirect, XferForEach, XferGreeted, XferIdentified, XferIdentifiedForEach,
    XferIdentifiedGreeted,
)
from Bench.contenders.xfer import LAZY, Xfer
from Bench.fixtures import sources
from Bench.instruments.rounds import Entry, measure


CASE = "tls"
AT_ONCE = 8
# A client that connects so often is above the limits of a receiver.
ENOUGH = ["--max-new-per-second", "100000", "--max-new-per-second-per-address", "100000", *LAZY]
GIB = 1 << 30


def large(options):
    size = GIB // 4 if options.quick else 4 * GIB
    source = sources.single(os.path.join(options.work, "source"), size)
    contenders = [
        TLSPair(options.programs),
        TLSPairDirect(options.programs),
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


def connections(options):
    """New connections that only greet: with the key in the process of the connection, in one of its own, and in
    xferd, by the same client."""
    programs, count = options.programs, 300 if options.quick else 2_000
    source = sources.uniform(os.path.join(options.work, "connections"), count, 16 << 10)
    contenders = [
        Handshakes(programs, "handshakes, the key in each process", "session", AT_ONCE),
        Handshakes(programs, "handshakes, the key in a process of its own", "keys", AT_ONCE),
        XferIdentifiedGreeted(programs, "xfer, TLS, greeting", *ENOUGH, at_once=AT_ONCE),
        XferGreeted(programs, "xfer, plain, greeting", *ENOUGH, at_once=AT_ONCE),
    ]
    entries = [Entry(contender, source) for contender in contenders]
    directory = os.path.join(options.work, "connections-runs")
    found = measure(CASE, f"new connections, {AT_ONCE} at once", entries, options.rounds, directory)
    contenders = [
        XferIdentifiedForEach(programs, "xfer, TLS, a file", *ENOUGH, at_once=AT_ONCE),
        XferForEach(programs, "xfer, plain, a file", *ENOUGH, at_once=AT_ONCE),
    ]
    entries = [Entry(contender, source) for contender in contenders]
    directory = os.path.join(options.work, "deliveries-runs")
    scenario = f"a file of 16 KiB in each connection, {AT_ONCE} at once"
    return found + measure(CASE, scenario, entries, options.rounds, directory)


def run(options):
    return large(options) + small(options) + connections(options)
