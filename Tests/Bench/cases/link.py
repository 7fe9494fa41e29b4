"""The same files over a long link."""

import os

from Bench.contenders.rsync import Rsync
from Bench.contenders.xfer import LAZY, Xfer
from Bench.fixtures import sources
from Bench.instruments import long_link
from Bench.instruments.rounds import Entry, measure

CASE = "link"


class Linked:
    """A contender over the link; its server is beyond it."""

    def missing(self):
        return super().missing() or long_link.missing()

    def start(self, directory):
        super().start(directory)
        self.link = long_link.proxy(self.server.port, directory)

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
        results += [result | {"ideal": long_link.ideal(source.bytes)} for result in found]
    return results
