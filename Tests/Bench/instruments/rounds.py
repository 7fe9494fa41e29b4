"""The runs of a case in rounds, each in another order, so that all contenders meet what the machine does
meanwhile, and none always runs behind the same one."""

import contextlib
import mmap
import os
import random
import sys

from Bench.instruments.servers import Failed


# Bytes from which on what arrived is removed at once. Else it stays to the end: for minutes after many
# files were removed, ext4 looks for inodes that were not deleted lately, and all that make files pay.
LARGE = 256 << 20


def say(text):
    print(text, file=sys.stderr, flush=True)


def back_memory(size):
    """Takes so much memory and lets go of it: a virtual machine's host may have taken back what was
    free for some seconds, and the first run would pay for getting it again page by page."""
    mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | mmap.MAP_POPULATE).close()


class Entry:
    """A contender with what it is to send; `send` is how, where it is not `contender.send(source)`."""

    def __init__(self, contender, source, send=None):
        self.contender, self.source = contender, source
        self.send = send or contender.send
        self.missing = contender.missing()
        self.error = None
        self.runs = []

    @property
    def works(self):
        return not self.missing and not self.error

    @contextlib.contextmanager
    def failing(self):
        """An error ends this contender's part, and stands in the results."""
        try:
            yield
        except (Failed, OSError) as error:
            self.error = str(error)
            say(f"  {self.contender.label}: FAILED: {error}")

    def start(self, directory):
        with self.failing():
            os.makedirs(directory)
            self.contender.start(directory)

    def run(self, counts):
        """One run. Its time counts only when all that arrived is as it was sent."""
        with self.failing():
            self.source.warm()
            os.sync()  # no run pays for the dirty pages of another
            back_memory(self.source.bytes)
            run = self.send(self.source)
            self.source.compare(self.contender.received_path)
            self.contender.check(self.source)
            if counts:
                self.runs.append(run)
        with self.failing():
            if self.source.bytes > LARGE:
                self.contender.clear()
            else:
                self.contender.set_aside()

    def result(self, case, scenario):
        extra = {key: [run.extra[key] for run in self.runs] for key in self._extra_keys()}
        return {
            "case": case, "scenario": scenario, "contender": self.contender.label,
            "bytes": self.source.bytes, "files": len(self.source.names),
            "seconds": [run.seconds for run in self.runs],
            "client_cpu": [run.client_cpu for run in self.runs],
            "server_cpu": [run.server_cpu for run in self.runs],
            "extra": extra, "missing": self.missing, "error": self.error,
        }

    def _extra_keys(self):
        return self.runs[0].extra.keys() if self.runs else ()


def measure(case, scenario, entries, rounds, directory):
    """Runs all entries in turn, the first round uncounted, and returns their results."""
    say(f"{case}: {scenario}")
    with contextlib.ExitStack() as servers:
        for number, entry in enumerate(entries):
            if entry.missing:
                say(f"  {entry.contender.label}: MISSING, {entry.missing}")
            if entry.works:
                servers.callback(entry.contender.stop)
                entry.start(os.path.join(directory, f"contender-{number}"))
        for round in range(rounds + 1):
            for entry in random.Random(round).sample(entries, len(entries)):
                if entry.works:
                    entry.run(counts=round > 0)
                    if entry.runs and round > 0:
                        say(f"  {round}/{rounds} {entry.contender.label}: {entry.runs[-1].seconds:.3f} s")
    return [entry.result(case, scenario) for entry in entries]
