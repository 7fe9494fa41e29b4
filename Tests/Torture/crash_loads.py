"""The loads while a file system crashes. Each load sends one thing after the other until the crash;
a transfer that was under way goes on when the receiver is back, and everything is audited.
"""

import json
import os
import random
import secrets
import threading
import time

from Rig import senders
from Rig.trees import make_tree, sent_names, write_noise

SEND_SECONDS = 300
# So that a round fits on the disk, however fast that is.
MOST_BYTES = 120 << 20


class Round:
    """One crash: what was sent in it, and what came back."""

    def __init__(self, run, number):
        self.run, self.number = run, number
        self.name = f"c{number:03}"
        self.crashed = threading.Event()  # no load begins anything new
        self.back = threading.Event()  # the receiver is there again
        self.sent = {}  # name at the receiver: path
        self.classic = {}  # the same of the classic protocol, where the sender cannot try again
        self.classic_received = set()
        self.processes = []
        self.objects = []  # of senders that have ended
        self.bytes = 0
        self.resent = []
        self._lock = threading.Lock()

    def add(self, sent, size):
        with self._lock:
            self.sent.update(sent)
            self.bytes += size

    @property
    def is_full(self):
        return self.crashed.is_set() or self.bytes > MOST_BYTES

    def path(self, *names):
        return self.run.path("sent", self.name, *names)

    def start_send(self, path, *options):
        receiver = self.run.receiver
        process = senders.send(
            receiver.programs, receiver.address, [path], "--retry-for", "2m", *options
        )
        with self._lock:
            self.processes.append(process)
        return process

    def send(self, path, *options):
        self.collect(self.start_send(path, *options))

    def collect(self, process):
        process.wait(SEND_SECONDS)
        with self._lock:  # what it printed is read here or in `receipts`
            status, objects, said = senders.collect(process)
            self.processes.remove(process)
            self.objects += objects
        if status != 0 and status != -9:
            self.run.complain([f"{self.name}: a sender ended with {status}: {said[-500:]}"])

    def receipts(self):
        """Returns all that senders have printed up to now, {name: receipt}: no receipt may be taken back."""
        with self._lock:
            objects = list(self.objects)
            for process in self.processes:
                text = os.pread(process.said.fileno(), 64 << 20, 0).decode()
                objects += map(json.loads, text[: text.rfind("\n") + 1].splitlines())
        return {o["name"]: o for o in objects if o["status"] == "received"}

    def client(self, program, *arguments):
        address = self.run.receiver.address
        return senders.run_client(program, address, *arguments, timeout=SEND_SECONDS)[0]

    def noise(self, name, size, chance):
        """Makes a file of noise. Returns its path, and its name at the receiver."""
        path = self.path(name)
        write_noise(path, size, chance)
        return path, f"{self.name}/{name}"


def trees(round, chance, number):
    under = f"{round.name}/tree{number}"
    path = round.path(f"tree{number}")
    size = make_tree(path, chance.random(), 40, 1 << 20)
    round.add(sent_names(path, under), size)
    round.send(path, "--as", under)


def single(round, chance, number):
    """One file a connection: a group of one, which is synced by itself."""
    path, name = round.noise(f"single{number}", chance.randrange(1, 1 << 17), chance)
    round.add({name: path}, os.path.getsize(path))
    round.send(path, "--as", name)


def large(round, chance, number):
    path, name = round.noise(f"large{number}", chance.randrange(2 << 20, 32 << 20), chance)
    round.add({name: path}, os.path.getsize(path))
    round.send(path, "--as", name)


def killed(round, chance, number):
    """A sender that is killed in the middle of its file; after the crash another one goes on."""
    path, name = round.noise(f"killed{number}", chance.randrange(8 << 20, 24 << 20), chance)
    round.add({name: path}, os.path.getsize(path))
    process = round.start_send(path, "--as", name)
    round.crashed.wait(chance.uniform(0.02, 0.15))
    process.kill()
    round.collect(process)
    if chance.random() < 0.5:
        round.back.wait()
    round.send(path, "--as", name)


def cut(round, chance, number):
    """Content in small pieces, and a connection that is lost in their middle; resumed after the crash.
    Space for it was reserved: the file system then knows its length, and not all of its content."""
    size = chance.randrange(5 << 18, 5 << 19)
    path, name = round.noise(f"cut{number}", size, chance)
    identity = secrets.token_hex(16)
    send = ["send", path, name, "--id", identity]
    stopped = round.client("native_client.py", *send, "--stop-after", str(chance.randrange(1 << 16, size)))
    round.back.wait()
    if not stopped:
        return  # the receiver crashed before
    answer = _await_receipt(round, send)
    round.add({name: path}, size)
    round.objects.append(answer | {"name": name})


def _await_receipt(round, send):
    """Sends again and again until there is a receipt. Returns the last answer."""
    deadline = time.monotonic() + SEND_SECONDS
    while time.monotonic() < deadline:
        (answer,) = round.client("native_client.py", *send) or [{}]
        if answer.get("status") == "received":
            break
        time.sleep(0.5)
    return answer


def classic(round, chance, number):
    path = round.path(f"classic{number}")
    prefix = f"{round.name}-{number}-"
    make_tree(path, chance.random(), 10, 1 << 18)
    sent = {prefix + name.replace("/", "%"): file for name, file in sent_names(path).items()}
    answers = round.client("classic_client.py", "send", path, "--prefix", prefix, "--at-once", "4")
    round.classic.update(sent)
    round.classic_received.update(a["name"] for a in answers if a["status"] == "received")


def again(round, chance, _):
    """Sends again what an earlier round delivered: it was there before the crash and is there still."""
    if round.run.kept:
        path, under = chance.choice(round.run.kept)
        round.resent.append(under)
        round.send(path, "--as", under)
    round.crashed.wait(0.2)


LOADS = {
    "tree a": trees, "tree b": trees, "single": single, "large": large, "killed": killed,
    "cut a": cut, "cut b": cut, "classic": classic, "again": again,
}

# Of these a receipt comes soon.
QUICK = {"tree a", "tree b", "single"}


def some_loads(chance):
    """Returns a mix of its own for each crash: where many small files come, a sync of all hides what one
    of a single file does not."""
    while not QUICK.intersection(chosen := [name for name in LOADS if chance.random() < 0.6]):
        pass
    return chosen


def work(round, name):
    """Runs one load until the crash."""
    chance = random.Random(f"{round.run.options.seed} {round.number} {name}")
    number = 0
    while not round.is_full:
        LOADS[name](round, chance, f"{name[-1]}{number}")
        number += 1
