"""The honest sender beside an attack: identified and encrypted, with small files and a large one."""

import os
import random
import subprocess
import time

from Rig import identity, senders
from Rig.evidence import audit
from Rig.trees import sent_names, write_noise

ADDRESS = "127.0.0.1"


class Honest:
    def __init__(self, receiver, work, options):
        self.receiver, self.source = receiver, os.path.join(work, "honest")
        self.home = identity.join(receiver, "honest", os.path.join(work, "home"))
        noise = random.Random(1)
        for number in range(options.files):
            write_noise(f"{self.source}/small-{number}", 2000, noise)
        write_noise(f"{self.source}/large", options.megabytes << 20, noise)
        self.turns = 0

    def send(self, address=ADDRESS, limit=600):
        """Sends all under a new name, and compares what has arrived. Returns the seconds, or None if not every
        file has a receipt after the limit, the number of receipts, and the problems."""
        self.turns += 1
        under = f"turn-{self.turns}"
        options = ["--as", under, "--bind", address, "--retry-for", f"{limit}s"]
        began = time.monotonic()
        process = senders.send(self.receiver.programs, None, [self.source], *options, home=self.home)
        status, objects, said = self._collect(process, limit)
        taken = time.monotonic() - began
        receipts = sum(object["status"] == "received" for object in objects)
        if status != 0:
            return None, receipts, [f"ended with {status}: {said[-300:]}"]
        problems = audit(self.receiver, sent_names(self.source, under), objects, under)[1]
        # Not the small ones: ext4 is slow for minutes after many deletions.
        os.remove(os.path.join(self.receiver.files, under, "large"))
        return taken, receipts, problems

    def _collect(self, process, limit):
        try:
            return senders.collect(process, limit)
        except subprocess.TimeoutExpired:
            process.kill()
            return senders.collect(process)
