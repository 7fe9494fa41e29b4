"""A long link: 50 ms each way and 1 Gbit/s, by a proxy of the bench's own (fixtures/link.c)."""

import os

import sources
from compiled import compiled
from processes import Server, free_port
from rounds import Entry, measure
from rsync import Rsync
from xfer import LAZY, Xfer

CASE = "link"
DELAY_MS, MBIT = 50, 1000


def proxy(to, directory, *flags):
    """A link to a port of this machine; its `port` is the near end."""
    port = free_port()
    command = [compiled("link"), str(port), str(to), str(DELAY_MS), str(MBIT), *flags]
    return Server(command, port, os.path.join(directory, "link.log"))


def ideal(size):
    """What the issue measures against: the bytes at the link's bandwidth, and four round trips."""
    return size * 8 / (MBIT * 1e6) + 4 * 2 * DELAY_MS / 1000


class Linked:
    """What a contender does over the link; the server is beyond it."""

    def missing(self):
        return super().missing() or (None if compiled("link") else "not compiled: needs cc")

    def start(self, directory):
        super().start(directory)
        self.link = proxy(self.server.port, directory)

    def stop(self):
        if link := getattr(self, "link", None):
            link.stop()
        super().stop()


class LinkedXfer(Linked, Xfer):
    def sender(self, what, name, address=None):
        return super().sender(what, name, address or f"127.0.0.1:{self.link.port}")


class LinkedRsync(Linked, Rsync):
    def sender(self, directory, below="", port=None):
        return super().sender(directory, below, port or self.link.port)


def contenders(options):
    yield LinkedXfer(options.programs, "xfer, lazy", *LAZY)
    yield LinkedXfer(options.programs, "xfer, as by default")
    yield LinkedRsync("rsync")
    if not options.quick:
        yield LinkedRsync("rsync --fsync", "--fsync")


def run(options):
    count, size = 200 if options.quick else 1_000, 512 << 20
    small = sources.uniform(os.path.join(options.work, "small"), count, 16 << 10)
    cases = [(small, f"{count:,} files of 16 KiB")]
    if not options.quick:  # of a file that is quickly sent the round trips are the most
        large = sources.single(os.path.join(options.work, "large"), size)
        cases.append((large, f"{size >> 20} MiB in one file"))
    results = []
    for source, what in cases:
        entries = [Entry(contender, source) for contender in contenders(options)]
        directory = os.path.join(options.work, "runs", str(len(results)))
        found = measure(CASE, what, entries, options.rounds, directory)
        results += [result | {"ideal": ideal(source.bytes)} for result in found]
    return results
