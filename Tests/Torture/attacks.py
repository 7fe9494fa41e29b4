"""Attacks on time: peers that take places and say nothing, too little or nothing useful, beside an honest
sender. `torture attacks` runs each attack of the table and compares the time of the honest sender with the
time that it needs alone.

    torture attacks [--connections 5000] [--rate 500] [--addresses 20] [--files 300] [--megabytes 128]
                    [--only NAME]... [--limit 2.0] [--programs DIR]
"""

import argparse
import json
import multiprocessing
import os
import resource
import selectors
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

from Rig.frames import MAGIC
from Rig.messages import hello
from Rig.ports import endpoint
from Rig.receiver import Receiver

GREETING = MAGIC + hello(1)
# SO_LINGER with a time of zero: the connection is reset when it is closed (socket(7)).
RESET = struct.pack("ii", 1, 0)


class Attack:
    """Keeps connections open. A lost one is opened again, some hundred a second at most."""

    def begin(self, connection):
        """The connection is open."""

    def tick(self, connection):
        """A second has passed."""


class HalfOpen(Attack):
    """Says nothing."""


class SlowGreeting(Attack):
    """Says a byte of its greeting each second."""

    def __init__(self):
        self.said = {}

    def tick(self, connection):
        said = self.said.get(connection, 0)
        connection.send(GREETING[said : said + 1])
        self.said[connection] = min(said + 1, len(GREETING) - 1)


class Abandoned(Attack):
    """Begins a greeting and resets the connection, again and again."""

    def begin(self, connection):
        connection.send(GREETING[:-3])
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        connection.shutdown(socket.SHUT_RDWR)


class Flood(Attack):
    """Connects and resets, as fast as it can."""

    is_fast = True

    def begin(self, connection):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        connection.shutdown(socket.SHUT_RDWR)


ATTACKS = {
    "half-open": HalfOpen, "slow-greeting": SlowGreeting, "abandoned": Abandoned, "flood": Flood,
}


class Attacker:
    """Runs one attack in a process of its own."""

    def __init__(self, attack, address, connections, rate, addresses, counts):
        self.attack, self.target, self.wanted = attack, endpoint(address), connections
        self.rate = 1_000_000 if getattr(attack, "is_fast", False) else rate
        self.sources = [f"127.0.1.{number + 1}" for number in range(addresses)]
        self.selector, self.open, self.tries, self.counts = selectors.DefaultSelector(), set(), 0, counts

    def run(self, ready):
        resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
        for _ in range(self.wanted):
            self.connect()
        ready.set()
        second = time.monotonic()
        budget = 0
        while True:
            self.take_events()
            now = time.monotonic()
            if now - second >= 1:
                second, budget = now, 0
                self.tick()
            while len(self.open) < self.wanted and budget < self.rate and time.monotonic() - now < 0.05:
                self.connect()
                budget += 1

    def connect(self):
        connection = socket.socket()
        try:
            connection.bind((self.sources[self.tries % len(self.sources)], 0))
            connection.connect(self.target)
            connection.setblocking(False)
            self.attack.begin(connection)
            self.selector.register(connection, selectors.EVENT_READ)
            self.open.add(connection)
        except OSError:
            connection.close()
        self.tries += 1
        self.counts[0] = self.tries

    def take_events(self):
        for key, _ in self.selector.select(0.01):
            try:
                if key.fileobj.recv(4096):
                    continue
            except BlockingIOError:
                continue
            except OSError:
                pass
            self.drop(key.fileobj)

    def drop(self, connection):
        self.selector.unregister(connection)
        self.open.discard(connection)
        connection.close()

    def tick(self):
        for connection in list(self.open):
            try:
                self.attack.tick(connection)
            except OSError:
                self.drop(connection)


def attack(name, address, options, ready, counts):
    Attacker(
        ATTACKS[name](), address, options.connections, options.rate, options.addresses, counts
    ).run(ready)


class Honest:
    """A sender of a directory with small files and a large one."""

    def __init__(self, programs, receiver, work, options):
        self.programs, self.receiver, self.source = programs, receiver, os.path.join(work, "honest")
        os.makedirs(self.source)
        for number in range(options.files):
            self.write(f"small-{number}", 2000)
        self.write("large", options.megabytes << 20)
        self.runs = 0

    def write(self, name, size):
        with open(os.path.join(self.source, name), "wb") as file:
            file.write(os.urandom(size))

    def send(self):
        """Sends all under a new name. Returns the seconds that it took, or None if a file has no receipt."""
        self.runs += 1
        command = [
            f"{self.programs}/xferctl", "send", self.source, "--as", f"run-{self.runs}", "--server",
            self.receiver.address, "--quiet", "--bind", "127.0.0.1",
        ]
        begun = time.monotonic()
        status = subprocess.run(command, check=False).returncode
        took = time.monotonic() - begun
        shutil.rmtree(os.path.join(self.receiver.files, f"run-{self.runs}"), ignore_errors=True)
        return took if status == 0 else None


def run_beside(name, honest, quiet, options):
    """Runs one attack. Returns what it has shown."""
    ready, counts = multiprocessing.Event(), multiprocessing.Array("q", 1)
    process = multiprocessing.Process(
        target=attack, args=(name, honest.receiver.address, options, ready, counts), daemon=True)
    process.start()
    ready.wait()
    begun, before = time.monotonic(), counts[0]
    times = [honest.send() for _ in range(3)]
    rate = (counts[0] - before) / (time.monotonic() - begun)
    process.kill()
    process.join()
    served = [taken for taken in times if taken is not None]
    ratio = statistics.median(served) / quiet if served else None
    return {
        "attack": name, "honest": len(served), "of": len(times), "attempts": counts[0],
        "attempts_a_second": round(rate), "seconds": [round(taken, 2) for taken in served],
        "ratio": ratio and round(ratio, 2),
    }


def parse(arguments):
    parser = argparse.ArgumentParser(prog="torture attacks")
    parser.add_argument("--connections", type=int, default=5000)
    parser.add_argument("--rate", type=int, default=500)
    parser.add_argument("--addresses", type=int, default=20)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--megabytes", type=int, default=128)
    parser.add_argument("--limit", type=float, default=2.0, help="0 for no limit")
    parser.add_argument("--only", action="append", choices=ATTACKS)
    parser.add_argument("--programs", default=".build/release")
    return parser.parse_args(arguments)


def main(arguments):
    options = parse(arguments)
    work = tempfile.mkdtemp(prefix="xfer-attacks-")
    receiver = Receiver(options.programs, os.path.join(work, "data"), log=os.path.join(work, "log")).start()
    problems, results = [], []
    try:
        honest = Honest(options.programs, receiver, work, options)
        quiet = statistics.median([honest.send() for _ in range(3)])
        for name in options.only or ATTACKS:
            result = run_beside(name, honest, quiet, options)
            results.append(result)
            print(json.dumps(result), file=sys.stderr)
            if result["honest"] < result["of"]:
                problems.append(f"{name}: an honest send failed")
            elif options.limit and result["ratio"] > options.limit:
                problems.append(f"{name}: {result['ratio']} times as long as alone")
    finally:
        receiver.stop()
    if not problems:
        shutil.rmtree(work)
    summary = {"quiet_seconds": round(quiet, 2), "attacks": results, "problems": problems}
    print(json.dumps(summary))
    return 1 if problems else 0
