"""The loads of the soak, each of which runs again and again."""

import os
import random
import shutil
import subprocess
import urllib.request

from Rig import senders
from Rig.evidence import audit, audit_flat
from Rig.trees import make_tree, sent_names, write_noise

SEND_SECONDS = 600


class Load:
    """One kind of client, with a pause that leaves the machine some air."""

    def __init__(self, run, name, work, pause):
        self.run, self.name, self.pause = run, name, pause
        self.one = work
        self.chance = random.Random(f"{run.options.seed} {name}")

    def work(self):
        round = 0
        while not self.run.over.is_set():
            self.one(self, f"{self.name}/{round:05}")
            round += 1
            self.run.count({f"rounds of {self.name}": 1})
            self.run.over.wait(self.chance.uniform(0.5, 1.5) * self.pause)

    def tree(self, under, files, largest):
        path = self.run.path("sent", under)
        make_tree(path, self.chance.random(), files, largest)
        return path

    def client(self, program, *arguments):
        address = self.run.receiver.address
        return senders.run_client(program, address, *arguments, timeout=SEND_SECONDS)

    def remove(self, under):
        shutil.rmtree(self.run.path("sent", under))
        shutil.rmtree(f"{self.run.receiver.files}/{under}", ignore_errors=True)


def native(files, largest, home_of=lambda run: None):
    """Makes a load that sends trees, which are audited and removed. `home_of` returns the directory of the
    sender's identity."""

    def one(load, under):
        receiver, tree = load.run.receiver, load.tree(under, files, largest)
        process = senders.send(receiver.programs, receiver.address, [tree], "--as", under, home=home_of(load.run))
        status, objects, said = senders.collect(process, SEND_SECONDS)
        counts, problems = audit(receiver, sent_names(tree, under), objects, under)
        load.run.complain(problems + ([] if status == 0 else [f"{load.name}: {status}: {said[-300:]}"]))
        load.run.count({key: counts[key] for key in ("receipts", "files", "bytes")})
        load.remove(under)

    return one


def encrypted(files, largest):
    """Makes the same load for a sender that is identified and encrypted."""
    return native(files, largest, lambda run: run.home)


def classic(load, under):
    """One connection a file, eight at once."""
    tree, prefix = load.tree(under, 20, 1 << 18), under.replace("/", "-")
    answers, said = load.client("classic_client.py", "send", tree, "--prefix", prefix, "--at-once", "8")
    sent = {prefix + name.replace("/", "%"): path for name, path in sent_names(tree).items()}
    received = {answer["name"] for answer in answers if answer["status"] == "received"}
    problems = [f"{load.name}: {said[-300:]} {answers[:3]}"] if received != set(sent) else []
    load.run.complain(problems + audit_flat(load.run.receiver, sent, prefix))
    load.run.count({"classic receipts": len(received)})
    for name in sent:
        os.remove(f"{load.run.receiver.files}/{name}")
    load.remove(under)


def broken(load, under):
    """A transfer that ends in its middle and is not resumed: it has to expire."""
    path = load.run.path("sent", "broken")
    write_noise(path, 1 << 20, load.chance)
    answers, said = load.client("native_client.py", "send", path, under, "--stop-after", "300000")
    if [answer["status"] for answer in answers] != ["stopped"]:
        load.run.complain([f"{load.name}: {said[-300:]} {answers}"])
    load.run.count({"broken off": 1})


def looks(load, under):
    receiver = load.run.receiver
    for page in ("stats", "metrics", "history?limit=50", "readyz"):
        with urllib.request.urlopen(f"http://{receiver.http}/{page}", timeout=60) as answer:
            answer.read()
    command = [f"{receiver.programs}/xferctl", "history", "--server", receiver.address]
    subprocess.run([*command, "--limit", "2000"], check=True, capture_output=True, timeout=60)


KINDS = {
    "small": (native(200, 1 << 16), 2),
    "large": (native(3, 64 << 20), 3),
    "single": (native(1, 1 << 14), 0.3),
    "small-encrypted": (encrypted(200, 1 << 16), 3),
    "large-encrypted": (encrypted(3, 64 << 20), 4),
    "single-encrypted": (encrypted(1, 1 << 14), 0.5),
    "classic": (classic, 2),
    "broken": (broken, 2),
    "looks": (looks, 1),
}
