"""The senders of the kills: each sends one tree after the other, and audits each as it arrived."""

import random
import shutil
import signal

from Rig import senders
from Rig.evidence import audit
from Rig.trees import make_tree, sent_names

FILES = 100
LARGEST = [1 << 20, 4 << 20, 8 << 20, 32 << 20]
SEND_SECONDS = 900


class Sender:
    def __init__(self, run, number):
        self.run, self.number = run, number
        self.name = f"sender {number}"
        self.process = None
        self.home = None  # the directory of its identity, if it has one
        # The files that it has a receipt for, of all rounds: {name: (size, digest)}.
        self.delivered = {}

    def work(self):
        chance = random.Random(self.run.options.seed * 1000 + self.number)
        round = 0
        while not self.run.over.is_set():
            self._round(chance, f"s{self.number:02}/r{round:05}")
            round += 1
            # So that connections begin at any time, and not all with a start of the receiver.
            self.run.over.wait(chance.uniform(0, 1))

    def kill(self):
        process = self.process
        if process is None or process.poll() is not None:
            return False
        process.kill()
        return True

    def _round(self, chance, under):
        """Sends one tree, and removes it after the audit, so that the disk stays bounded."""
        tree = self.run.path("sent", under)
        make_tree(tree, chance.random(), FILES, chance.choice(LARGEST))
        status, objects, said, earlier = self._deliver(tree, under)
        sent = sent_names(tree, under)
        counts, problems = audit(self.run.receiver, sent, objects, under)
        problems += [] if status == 0 else [f"{self.name}: ended with {status}: {said[-500:]}"]
        problems += self._note(objects, earlier)
        self.run.count({"rounds": 1} | {key: counts[key] for key in ("receipts", "files", "bytes")})
        self.run.complain(problems)
        if not problems:
            shutil.rmtree(tree)
            shutil.rmtree(f"{self.run.receiver.files}/{under}")

    def _deliver(self, tree, under):
        """Sends until a sender was let live. Returns its result, and the receipts of the killed ones."""
        earlier = []
        while True:
            receiver = self.run.receiver
            self.process = senders.send(
                receiver.programs, receiver.address, [tree], "--as", under, "--retry-for", "10m",
                home=self.home,
            )  # fmt: skip
            status, objects, said = senders.collect(self.process, SEND_SECONDS)
            if status != -signal.SIGKILL:
                return status, objects, said, earlier
            earlier += objects

    def _note(self, objects, earlier):
        """A receipt that a killed sender printed must be the one that the last sender was given."""
        receipts = {o["name"]: o for o in objects if o["status"] == "received"}
        same = ("status", "size", "sha256", "transfer_id")
        problems = [
            f"{self.name}: told {old}, later {receipts.get(old['name'])}"
            for old in earlier
            if any(old.get(key) != receipts.get(old["name"], {}).get(key) for key in same)
        ]
        for name, receipt in receipts.items():
            self.delivered[name] = (receipt["size"], bytes.fromhex(receipt["sha256"]))
        return problems
