"""A mixed load for a long time, without faults but those of clients; what is long-lived must not grow.

Small trees, large files, one connection a file, classic clients, transfers that are broken off and
never resumed, and people who look. What was delivered is audited and removed.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import urllib.request

import rig
from run import Run, parse
from samples import Samples, look

CLIENTS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "Clients")
EVERY = 15
SEND_SECONDS = 600


class Load:
    """What one kind of client does, again and again, with a pause that leaves the machine some air."""

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
        rig.make_tree(path, self.chance.random(), files, largest)
        return path

    def client(self, script, *arguments):
        command = [sys.executable, "-B", f"{CLIENTS}/{script}", self.run.receiver.address, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SEND_SECONDS)
        return [json.loads(line) for line in done.stdout.splitlines()], done.stderr

    def remove(self, under):
        shutil.rmtree(self.run.path("sent", under))
        shutil.rmtree(f"{self.run.receiver.files}/{under}", ignore_errors=True)


def native(files, largest):
    def one(load, under):
        receiver, tree = load.run.receiver, load.tree(under, files, largest)
        process = rig.send(receiver.programs, receiver.address, [tree], "--as", under)
        status, objects, said = rig.collect(process, SEND_SECONDS)
        counts, problems = rig.audit(receiver, rig.sent_names(tree, under), objects, under)
        load.run.complain(problems + ([] if status == 0 else [f"{load.name}: {status}: {said[-300:]}"]))
        load.run.count({key: counts[key] for key in ("receipts", "files", "bytes")})
        load.remove(under)

    return one


def classic(load, under):
    """One connection a file, eight at once."""
    tree = load.tree(under, 20, 1 << 18)
    answers, said = load.client(
        "classic_client.py", "send", tree, "--prefix", under.replace("/", "-"), "--at-once", "8"
    )
    bad = [answer for answer in answers if answer["status"] != "received"]
    load.run.complain([f"{load.name}: {bad[:3]} {said[-300:]}"] if bad or not answers else [])
    load.run.count({"classic receipts": len(answers)})
    for name in os.listdir(load.run.receiver.files):
        if name.startswith(under.replace("/", "-")):
            os.remove(f"{load.run.receiver.files}/{name}")
    load.remove(under)


def broken(load, under):
    """A transfer that ends in its middle and is not resumed: it has to expire."""
    path = load.run.path("sent", "broken")
    with open(path, "wb") as file:
        file.write(load.chance.randbytes(1 << 20))
    load.client("native_client.py", "send", path, under, "--stop-after", "300000")


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
    "classic": (classic, 2),
    "broken": (broken, 2),
    "looks": (looks, 1),
}


def sample_all(run, samples):
    while run.elapsed < run.options.seconds and not run.over.wait(min(EVERY, run.options.seconds / 40)):
        sample = look(run.receiver, run.elapsed)
        samples.add(sample)
        if len(samples.all) % 20 == 1:
            print(json.dumps(sample), flush=True)
    run.over.set()


def main(arguments):
    run = Run(parse("soak", __doc__, arguments, minutes=60, senders=0), "--keep-partial", "60s")
    samples = Samples(run.options.seconds / 6, run.options.seconds * 5 / 6)
    try:
        run.receiver.start()
        threads = [run.start(name, Load(run, name, *kind).work) for name, kind in KINDS.items()]
        sample_all(run, samples)
        for thread in threads:
            thread.join(SEND_SECONDS)
        if (status := run.receiver.stop()) != 0:
            run.complain([f"the receiver ended with {status}"])
    finally:
        if run.receiver.process.poll() is None:
            run.receiver.kill_everything()
    run.complain(list(samples.growths()))
    if run.options.samples:
        samples.write(run.options.samples)
    if not run.problems:
        print(samples.table(), flush=True)
    return run.finish({"samples": len(samples.all)} | dict(run.counts))
