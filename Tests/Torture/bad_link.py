"""Files go through a link that cuts, stalls, delays, splits and flips; all arrive, once, as they were.

    bad_link.py [--faults 2000] [--seed 1] [--programs .build/debug]

Prints one line of JSON for what was done to the link and what came of it, and ends with 1 where
anything is not as promised; the directory of the run is then kept, and named.
"""

import argparse
import concurrent.futures
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import faults
import rig
from outcome import Outcome
from proxy import Link

WORKERS = 6  # a faulted send mostly waits
# Short, so that a silent link is noticed by the receiver and not only by the proxy's patience.
PATIENCE = ("--header-timeout", "2", "--stall-timeout", "1", "--idle-timeout", "3")
SEND_SECONDS = 120


class Run:
    def __init__(self, arguments, directory, receiver):
        self.arguments = arguments
        self.directory = directory
        self.receiver = receiver
        self.outcome = Outcome()
        self.lock = threading.Lock()

    def go(self):
        self.sends = faults.sends(self.arguments.seed, self.arguments.faults, self.observe())
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            for work in [pool.submit(self.work) for _ in range(WORKERS)]:
                work.result()

    def observe(self):
        """The offsets of the control messages, from a connection that nothing happens to."""
        passage = self.carry_out(faults.Send(0, faults.CONTROL_FILES, []))[0]
        offsets = {way: stream.control_offsets() for way, stream in passage.streams.items()}
        self.outcome.control_offsets = {way: len(offsets[way]) for way in offsets}
        return offsets

    def work(self):
        while True:
            with self.lock:
                if self.outcome.applied >= self.arguments.faults:
                    return
                send = next(self.sends)
            self.carry_out(send)

    def carry_out(self, send):
        """Sends through a link of its own, and returns the connections that it took."""
        files = self.make_files(send)
        with Link(self.receiver.address, send.plan) as link:
            end = self.send(link.address, send, files.values())
        with self.lock:
            self.outcome.add(send, files, len(link.passages), *end)
        return link.passages

    def make_files(self, send):
        folder, files = os.path.join(self.directory, "sources", send.folder), {}
        os.makedirs(folder)
        noise = random.Random(f"{self.arguments.seed}/{send.number}")
        for index, size in enumerate(send.sizes):
            path = os.path.join(folder, f"f{index}")
            with open(path, "wb") as file:
                file.write(noise.randbytes(size))
            files[f"{send.folder}/f{index}"] = path
        return files

    def send(self, address, send, paths):
        """Exit status, what came of each file, and what was said of each lost connection."""
        options = ("--as", send.folder + "/", "--retry-for", "60s")
        process = rig.send(self.arguments.programs, address, paths, *options)
        try:
            status, objects, said = rig.collect(process, SEND_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            status, objects, said = rig.collect(process)
        return status, objects, said.splitlines()


def main(args):
    arguments = parse(args)
    start = time.monotonic()
    directory = tempfile.mkdtemp(prefix="xfer-link-")
    data, log = os.path.join(directory, "data"), os.path.join(directory, "xferd.log")
    receiver = rig.Receiver(arguments.programs, data, *PATIENCE, log=log).start()
    run = Run(arguments, directory, receiver)
    try:
        run.go()
    finally:
        status = receiver.stop()
    run.outcome.judge(receiver)
    if status != 0:
        run.outcome.problems.append(f"the receiver ended with {status}")
    return report(run.outcome, directory, arguments.seed, time.monotonic() - start)


def report(outcome, directory, seed, seconds):
    summary = {"seed": seed, "seconds": round(seconds, 1), **outcome.summary()}
    if outcome.problems:
        summary["kept"] = directory
    else:
        shutil.rmtree(directory)
    print(json.dumps(summary), flush=True)
    return 1 if outcome.problems else 0


def parse(args):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faults", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--programs", default=".build/debug")
    return parser.parse_args(args)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
