"""Files go through a link that cuts, stalls, delays, splits and flips; all arrive, once, as they were.

    torture link [--faults 2000] [--seed 1] [--programs .build/debug]

Prints one line of JSON: the faults of the link, and the results. Ends with 1 if anything is not as
promised; the directory of the run is then kept, and named.
"""

import argparse
import concurrent.futures
import json
import os
import random
import shutil
import subprocess
import tempfile
import threading
import time

from Rig import senders
from Rig.receiver import Receiver
from Rig.trees import write_noise
from Torture import faults
from Torture.outcome import Outcome
from Torture.proxy import Link

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
        noise = random.Random(f"{self.arguments.seed}/{send.number}")
        for index, size in enumerate(send.sizes):
            path = os.path.join(folder, f"f{index}")
            write_noise(path, size, noise)
            files[f"{send.folder}/f{index}"] = path
        return files

    def send(self, address, send, paths):
        """Returns the exit status, an object for each file, and a line for each lost connection."""
        options = ("--as", send.folder + "/", "--retry-for", "60s")
        process = senders.send(self.arguments.programs, address, paths, *options)
        try:
            status, objects, said = senders.collect(process, SEND_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            status, objects, said = senders.collect(process)
        return status, objects, said.splitlines()


def main(args):
    arguments = parse(args)
    start = time.monotonic()
    directory = tempfile.mkdtemp(prefix="xfer-link-")
    data, log = os.path.join(directory, "data"), os.path.join(directory, "xferd.log")
    receiver = Receiver(arguments.programs, data, *PATIENCE, log=log).start()
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
    parser = argparse.ArgumentParser(prog="torture link", description=__doc__.splitlines()[0])
    parser.add_argument("--faults", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--programs", default=".build/debug")
    return parser.parse_args(args)
