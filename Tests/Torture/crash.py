"""The file system below a receiver crashes under load; every receipt must be true on what is left.

    torture crash [--crashes 100] [--fs ext4|xfs] [--durability receipt|lazy] [--boot new|same|both]
                  [--seed N] [--programs DIR]

An image on a loop device is shut down by its ioctl at a random moment, without a flush of its log, which
loses what a loss of power loses. It is mounted again, the receiver is started on it, and each receipt that
a sender had is compared with the file, the row and the digest. Then the senders go on to their end, and all
of it is compared again. Without --fs each half of the crashes is on one of the two. With --boot new the
mark of the machine's start is replaced, as after a loss of power; with --boot same it is that of this
start, as where a file system crashed alone.
"""

import argparse
import os
import random
import re
import shutil
import time

from Rig.receiver import Receiver
from Torture import disk
from Torture.crash_audit import check_all, check_history, check_receipts
from Torture.crash_loads import Round, some_loads, work
from Torture.run import Run

SECONDS = 1.5  # of load before a crash, at the most
LOAD_SECONDS = 60  # that the receipts of --receipts may take
FINISH_SECONDS = 300


def parse(arguments):
    parser = argparse.ArgumentParser(prog="torture crash", description=__doc__.splitlines()[0])
    parser.add_argument("--crashes", type=int, default=100)
    parser.add_argument("--fs", choices=disk.WITH_IOCTL, help="default: half ext4, half xfs")
    parser.add_argument("--durability", choices=["receipt", "lazy"], default="receipt")
    parser.add_argument("--boot", choices=["new", "same", "both"], default="both")
    parser.add_argument("--receipts", type=int, default=0, help="that there are before each crash")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--programs", default=".build/debug")
    options = parser.parse_args(arguments)
    options.programs = os.path.abspath(options.programs)
    return options


class Crashes(Run):
    """Crashes of one file system."""

    def __init__(self, options, kind):
        super().__init__(options)
        self.kind = kind
        self.disk = disk.Disk(kind, self.path("image"), self.path("disk"))
        self.receiver = Receiver(
            options.programs, self.path("disk", "data"), "--durability", options.durability,
            "--reserve", "16M", "--keep-partial", "1h", log=self.path("xferd.log"),
        )
        self.chance = random.Random(f"{options.seed} {kind}")
        self.kept = []  # trees that were delivered and are sent again: (path, name)
        self.log_read = 0

    def go(self, crashes):
        self.receiver.start()
        for number in range(crashes):
            if self.problems:
                break
            self.one(Round(self, number), self.boot(number))
        if not self.problems and (status := self.receiver.stop()) != 0:
            self.complain([f"the receiver ended with {status}"])

    def boot(self, number):
        return ("new", "same")[number % 2] if self.options.boot == "both" else self.options.boot

    def one(self, round, boot):
        loads = some_loads(self.chance)
        threads = [self.start(name, lambda name=name: work(round, name)) for name in loads]
        self.await_load(round)
        before = self.crash(round, boot)
        lost = check_receipts(self, round, before)
        round.back.set()
        self.finish_threads(round, threads)
        check_all(self, round, before, lost)
        self.count({"crashes": 1, f"crashes, boot {boot}": 1, "receipts before": len(before)})
        self.clean(round)

    def await_load(self, round):
        deadline = time.monotonic() + LOAD_SECONDS
        while len(round.receipts()) < self.options.receipts and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(self.chance.uniform(0.05, SECONDS))

    def crash(self, round, boot):
        """Ends with a receiver that is ready on what the file system kept. Returns the receipts from before."""
        self.disk.crash()
        round.crashed.set()
        self.receiver.kill_everything()
        time.sleep(0.05)  # a sender may still print what had come before
        before = round.receipts()
        self.disk.mount_again()
        self.mark(boot)
        check_history(self, round)
        self.count({"partial files found": len(os.listdir(self.receiver.incoming))})
        self.receiver.start()
        self.note_log()
        return before

    def mark(self, boot):
        """The mark must be there: without it the receiver would take the crash for an end in order."""
        mark = os.path.join(self.receiver.data, "boot-id")
        if not os.path.exists(mark):
            return self.complain(["boot-id was lost in the crash"])
        if boot == "new":
            with open(mark, "w") as file:
                file.write("another start of the machine")

    def note_log(self):
        """Counts the transfers and files that the new recorder says it finished and threw away."""
        with open(self.receiver.log, "rb") as log:
            log.seek(self.log_read)
            said = log.read().decode(errors="replace")
            self.log_read = log.tell()
        for what, pattern in (
            ("recorded rows finished", r"finished the transfers of an earlier recorder.*transfers=(\d+)"),
            ("partial files not believed", r"the machine went down while.*files=(\d+)"),
        ):
            self.count({what: sum(map(int, re.findall(pattern, said)))})

    def finish_threads(self, round, threads):
        deadline = time.monotonic() + FINISH_SECONDS
        for thread in threads:
            thread.join(max(0, deadline - time.monotonic()))
            if thread.is_alive():
                self.complain([f"{round.name}: {thread.name} did not end after the crash"])

    def clean(self, round):
        """The last two trees stay, to be sent again; all else goes, so that the disk stays bounded."""
        if self.problems:
            return
        kept = round.path("treea0")
        if os.path.isdir(kept):
            under = f"{round.name}/treea0"
            self.kept = [*self.kept[-1:], (kept, under)]
        for folder in (self.path("sent"), self.receiver.files):
            for name in os.listdir(folder):
                self._clean_round(folder, name)

    def _clean_round(self, folder, name):
        path = os.path.join(folder, name)
        if not os.path.isdir(path):
            return os.remove(path)
        remains = {kept for kept, _ in self.kept}
        for entry in os.listdir(path):
            if self.path("sent", name, entry) not in remains:
                own = os.path.join(path, entry)
                shutil.rmtree(own) if os.path.isdir(own) else os.remove(own)

    def end(self):
        """Leaves no process and no mount, after an error too."""
        self.receiver.kill_everything()
        self.disk.unmount()


def main(arguments):
    options = parse(arguments)
    kinds = [options.fs] if options.fs else ["ext4", "xfs"]
    if not disk.is_possible("torture crash", kinds):
        return disk.SKIPPED
    disk.enter_namespaces()
    return max(run_one(options, kind, kinds) for kind in kinds)


def run_one(options, kind, kinds):
    run = Crashes(options, kind)
    crashes = options.crashes // len(kinds) + (options.crashes % len(kinds) if kind == kinds[0] else 0)
    try:
        run.go(crashes)
    finally:
        run.end()
    what = {"fs": kind, "durability": options.durability, "boot": options.boot}
    return run.finish(what | dict(sorted(run.counts.items())))
