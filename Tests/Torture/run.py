"""One run of a torture tool: its options, its directory, its counts and its problems."""

import argparse
import collections
import json
import os
import shutil
import tempfile
import threading
import time

from Rig.receiver import Receiver


def parse(name, about, arguments, minutes, senders):
    parser = argparse.ArgumentParser(prog=f"torture {name}", description=about)
    parser.add_argument("--minutes", type=float, default=minutes)
    parser.add_argument("--seconds", type=float, help="instead of --minutes")
    parser.add_argument("--kills", type=int, default=0, help="however long these take")
    parser.add_argument("--senders", type=int, default=senders)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--programs", default=".build/release", help="where xferd and xferctl are")
    parser.add_argument("--samples", help="a CSV file for what soak measures")
    options = parser.parse_args(arguments)
    options.programs = os.path.abspath(options.programs)
    if options.seconds is None:
        options.seconds = options.minutes * 60
    return options


class Run:
    """Counts and problems of all threads, and the receiver that they work on."""

    def __init__(self, options, *receiver_options):
        self.options = options
        self.directory = tempfile.mkdtemp(prefix="xfer-torture-")
        self.receiver = Receiver(
            options.programs, self.path("data"), *receiver_options, log=self.path("xferd.log")
        )
        self.counts = collections.Counter()
        self.problems = []
        self.over = threading.Event()
        self.began = time.monotonic()
        self._lock = threading.Lock()

    def path(self, *names):
        return os.path.join(self.directory, *names)

    @property
    def elapsed(self):
        return time.monotonic() - self.began

    def count(self, counts):
        with self._lock:
            self.counts.update(counts)

    def complain(self, problems):
        """The first problem ends the run, so that its traces are not buried under what follows."""
        for problem in problems:
            print(f"PROBLEM: {problem}", flush=True)
        self.problems += problems
        if problems:
            self.over.set()

    def start(self, name, work):
        """Runs `work` in a thread, in which an error is a problem like any other."""

        def guarded():
            try:
                work()
            except Exception as error:
                self.complain([f"{name}: {type(error).__name__}: {error}"])

        thread = threading.Thread(target=guarded, name=name, daemon=True)
        thread.start()
        return thread

    def finish(self, summary):
        """Prints the summary as the last line, and returns the exit status."""
        summary = {"seed": self.options.seed, "seconds": round(self.elapsed, 1)} | summary
        if self.problems:
            summary["kept"] = self.directory
        else:
            shutil.rmtree(self.directory)
        print(json.dumps(summary | {"problems": self.problems[:50]}), flush=True)
        return 1 if self.problems else 0
