"""Clients deliver while another process replaces directories below files/ by symbolic links.

The links lead to /etc, to a directory beside the receiver's, to the receiver's own directories and in circles. They
change places with the directories all the time, also during a publication. In the end nothing outside of files/ has
changed, and files, rows and receipts agree.
"""

import argparse
import collections
import contextlib
import ctypes
import hashlib
import multiprocessing
import os
import random
import stat
import time

from Rig import evidence, messages
from Rig.frames import Message
from Rig.messages import Refused
from Rig.native import Connection
from Torture.run import Run

LIBC = ctypes.CDLL(None, use_errno=True)
EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
TOP, BELOW = [f"d{n}" for n in range(4)], [f"e{n}" for n in range(2)]
OTHER = ".other"  # the second name of a directory, at which the link or the directory is meanwhile
EXPECTED = {5, 6, 13}  # exists, bad_name, unavailable


@contextlib.contextmanager
def opened(path, directory=None):
    """Opens a directory. Throws OSError if it is a link, so that the planter itself never leaves files/."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=directory)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def is_link(name, directory):
    try:
        return stat.S_ISLNK(os.lstat(name, dir_fd=directory).st_mode)
    except FileNotFoundError:
        return False


class Planter:
    """Makes links, and exchanges them with directories."""

    def __init__(self, data, outside, seed):
        self.files, self.chance = os.path.join(data, "files"), random.Random(seed)
        self.outside = outside
        self.targets = [outside, "/etc", "..", "../..", ".", f"{data}/incoming", data, "../incoming", "d0", "e0"]
        self.counts = collections.Counter()

    def work(self, over, counts):
        with opened(self.files) as files:
            while not over.is_set():
                self._try(files)
        counts.put(dict(self.counts))

    def _try(self, files):
        try:
            if self.chance.random() < 0.5:
                return self._act(files, self.chance.choice(TOP))
            with opened(self.chance.choice(TOP), files) as top:
                self._act(top, self.chance.choice(BELOW))
        except OSError:
            self.counts["failed"] += 1  # a link is there now

    def _act(self, directory, name):
        act = self.chance.choices([self._exchange, self._plant, self._plant_name], [90, 8, 2])[0]
        act(directory, name)

    def _exchange(self, directory, name):
        left, right = name.encode(), (name + OTHER).encode()
        self.counts["exchanges"] += LIBC.renameat2(directory, left, directory, right, EXCHANGE) == 0

    def _plant(self, directory, name):
        """A link under the second name, in place of the one that is there."""
        if is_link(name + OTHER, directory):
            os.unlink(name + OTHER, dir_fd=directory)
        os.symlink(self.chance.choice(self.targets), name + OTHER, dir_fd=directory)
        self.counts["links"] += 1

    def _plant_name(self, directory, name):
        """A link under a name that a client may offer."""
        with opened(name, directory) as place:
            os.symlink(f"{self.outside}/secret", f"raced-{self.chance.randrange(4000)}", dir_fd=place)
        self.counts["names"] += 1


class Client:
    """Delivers small files, each once, and keeps the receipts."""

    def __init__(self, run, number, chance):
        self.run, self.number, self.chance = run, number, chance
        self.received, self.refused = {}, collections.Counter()

    def work(self):
        connection = Connection(self.run.receiver.address)
        count = self.run.options.files // self.run.options.senders
        for number in range(count):
            self._deliver(connection, number + 1, f"raced-{self.number * count + number}")

    def _deliver(self, connection, tag, own):
        parts = [self.chance.choice(TOP), self.chance.choice(BELOW)][: self.chance.randrange(1, 3)]
        name, content = "/".join([*parts, own]), f"{self.run.options.seed} {own}".encode()
        connection.send(
            messages.offer(tag, name, len(content), eager=True), messages.content(tag, 0, content)
        )
        kind, payload = connection.receive()
        if kind == Message.RECEIPT:
            self.received[name] = hashlib.sha256(content).hexdigest()
            return
        refused = Refused(payload)
        self.refused[refused.reason] += 1
        if refused.tag == 0 or refused.reason not in EXPECTED:
            raise RuntimeError(f"{name}: refused with {refused.reason}: {refused.sentence}")


def snapshot(directory):
    """Returns what is below a directory: types, sizes and times."""
    found = {}
    for place, below, names in os.walk(directory):
        for name in ["", *below, *names]:
            path = os.path.join(place, name)
            status = os.lstat(path)
            found[path] = (status.st_mode, status.st_ino, status.st_size, status.st_mtime_ns)
    return found


def planted(run):
    """Makes the directory outside, and the directories and links that the planter exchanges."""
    outside = run.path("outside")
    for directory in (outside, *(f"{outside}/{below}" for below in BELOW)):
        os.makedirs(directory)
    with open(f"{outside}/secret", "w") as file:
        file.write("secret")
    for top in TOP:
        for below in BELOW:
            os.makedirs(f"{run.receiver.files}/{top}/{below}")
            os.symlink(outside, f"{run.receiver.files}/{top}/{below}{OTHER}")
        os.symlink(outside, f"{run.receiver.files}/{top}{OTHER}")
    return outside


def published(files):
    """Returns the SHA-256 of each regular file, by its name without the second names of directories."""
    found = {}
    for place, _, names in os.walk(files):
        for name in names:
            path = os.path.join(place, name)
            if not os.path.islink(path):
                shown = os.path.relpath(path, files).replace(OTHER, "")
                found[shown] = evidence.digest_of(path)[1]
    return found


def strays(directory):
    """Returns the files of the clients that are anywhere below a directory."""
    return [f"{place}/{name}" for place, _, names in os.walk(directory) for name in names if "raced-" in name]


def check(run, received):
    """Complains of each file, row and receipt without the two others."""
    rows = [(row.name, row.sha256) for row in evidence.completed(run.receiver.database)]
    files = published(run.receiver.files)
    run.complain([] if sorted(rows) == sorted(received.items()) else ["rows and receipts differ"])
    run.complain([] if files == received else [f"files and receipts differ: {files.items() ^ received.items()}"])
    for place in ("/etc", run.path("outside"), run.receiver.incoming):
        run.complain([f"{stray}: written outside of files/" for stray in strays(place)])
    beside = set(os.listdir(run.directory)) - {"data", "outside", "xferd.log"}
    run.complain([f"{name}: made beside the receiver's directory" for name in beside])


def wait(run, threads, seconds=300):
    end = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0, end - time.monotonic()))
        if thread.is_alive():
            run.complain([f"{thread.name} did not end"])


def parse(arguments):
    parser = argparse.ArgumentParser(prog="torture race", description=__doc__)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--senders", type=int, default=4)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--programs", default=".build/release", help="where xferd and xferctl are")
    options = parser.parse_args(arguments)
    options.programs = os.path.abspath(options.programs)
    return options


def deliver(run, planter):
    """Runs the clients while the planter works. Returns the clients, and the counts of the planter."""
    over, counts = multiprocessing.Event(), multiprocessing.Queue()
    planting = multiprocessing.Process(target=planter.work, args=(over, counts))
    planting.start()
    seed = run.options.seed
    clients = [Client(run, number, random.Random(f"{seed} {number}")) for number in range(run.options.senders)]
    wait(run, [run.start(f"client {client.number}", client.work) for client in clients])
    over.set()
    done = counts.get()
    planting.join()
    return clients, done


def main(arguments):
    run = Run(parse(arguments), "--access", "open")
    outside = planted(run)
    before = snapshot(outside)
    try:
        run.receiver.start()
        clients, done = deliver(run, Planter(run.receiver.data, outside, run.options.seed))
        if (status := run.receiver.stop()) != 0:
            run.complain([f"the receiver ended with {status}"])
    finally:
        run.receiver.kill_everything()
    received = {name: digest for client in clients for name, digest in client.received.items()}
    refused = sum((client.refused for client in clients), collections.Counter())
    check(run, received)
    run.complain([] if snapshot(outside) == before else ["the directory outside has changed"])
    return run.finish({"receipts": len(received), "refused": dict(refused)} | done)
