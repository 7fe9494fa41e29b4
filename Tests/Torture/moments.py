"""A crash of the file system at a moment that is chosen, and not left to chance.

    torture moments rename|resume [--fs ext4|xfs|ext2|ext4-nojournal] [--programs DIR]

rename: between the rename of a file and the sync of its directory, after the old directory alone has been
written, as write-back may do at any moment. With a journal both go together; without one the file is in
neither of them after the crash, and is not delivered. Needs a debug build, for its failpoint.

resume: after a transfer was cut, when the file system has written how long its file is, and not what is in
it. The machine did not go down, so that its mark (boot-id) tells nothing: the content has to be found bad.
"""

import argparse
import json
import os
import shutil
import tempfile
import time

from Rig import senders
from Rig.evidence import audit, digest_of
from Rig.receiver import Receiver
from Torture import disk

PATIENCE = 120
SIZE, CUT = 5 << 19, 3 << 19


def parse(arguments):
    parser = argparse.ArgumentParser(prog="torture moments", description=__doc__.splitlines()[0])
    parser.add_argument("case", choices=CASES)
    parser.add_argument("--fs", choices=disk.WITH_IOCTL, default="ext4")
    parser.add_argument("--programs", default=".build/debug")
    options = parser.parse_args(arguments)
    options.programs = os.path.abspath(options.programs)
    return options


class Moment:
    def __init__(self, options, directory):
        self.options, self.directory = options, directory
        self.disk = disk.Disk(options.fs, self.path("image"), self.path("disk"), 512)
        self.receiver = Receiver(options.programs, self.path("disk", "data"), log=self.path("log"))
        self.file = self.path("f")
        with open(self.file, "wb") as file:
            file.write(os.urandom(SIZE))
        self.found = {}

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def send(self, path, *options):
        return senders.send(self.options.programs, self.receiver.address, [path], "--retry-for", "1m", *options)

    def client(self, *arguments):
        send = [self.receiver.address, "send", self.file, "f", *arguments]
        return senders.run_client("native_client.py", *send, timeout=PATIENCE)[0][-1]

    def crash(self, boot):
        self.disk.crash()
        self.receiver.kill_everything()
        self.disk.mount_again()
        for folder in ("incoming", "files"):
            entries = os.scandir(f"{self.receiver.data}/{folder}")
            self.found[folder] = [(entry.name, entry.stat().st_size) for entry in entries]
        if boot == "new":
            with open(f"{self.receiver.data}/boot-id", "w") as mark:
                mark.write("another start of the machine")


def wait_for(path):
    deadline = time.monotonic() + PATIENCE
    while not os.path.exists(path):
        if time.monotonic() > deadline:
            raise RuntimeError(f"{path} did not come")
        time.sleep(0.01)


def sync(path):
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def rename(moment):
    os.mkdir(moment.path("failpoints"))
    place = moment.path("failpoints", "recorder.renamed")
    open(place, "w").close()
    os.environ["XFER_FAILPOINTS"] = moment.path("failpoints")
    moment.receiver.start()
    del os.environ["XFER_FAILPOINTS"]
    sender = moment.send(moment.file)
    wait_for(f"{place}.reached")
    sync(moment.receiver.incoming)
    moment.crash("new")
    moment.receiver.start()
    status, objects, said = senders.collect(sender, PATIENCE)
    problems = audit(moment.receiver, {"f": moment.file}, objects)[1]
    return problems + ([] if status == 0 else [f"the sender ended with {status}: {said[-300:]}"])


def resume(moment):
    moment.receiver.start()
    identity = "00112233445566778899aabbccddeeff"
    moment.client("--id", identity, "--stop-after", str(CUT))
    # The sync of this one takes the length of the other with it, and not its content.
    other = moment.path("other")
    shutil.copyfile("/proc/self/status", other)
    senders.collect(moment.send(other), PATIENCE)
    moment.crash("same")
    moment.receiver.start()
    deadline = time.monotonic() + PATIENCE
    while (answer := moment.client("--id", identity)).get("status") != "received":
        if time.monotonic() > deadline:
            return [f"not received in the end: {answer}"]
        time.sleep(0.5)
    moment.found["resumed at"] = answer["resumed_at"]
    sent, there = digest_of(moment.file), digest_of(f"{moment.receiver.files}/f")
    told = (answer["size"], answer["sha256"])
    return [] if sent == there == told else [f"sent {sent}, on disk {there}, receipt {told}"]


CASES = {"rename": rename, "resume": resume}


def main(arguments):
    options = parse(arguments)
    if not disk.is_possible("torture moments", [options.fs]):
        return disk.SKIPPED
    disk.enter_namespaces()
    directory = tempfile.mkdtemp(prefix="xfer-moments-")
    moment = Moment(options, directory)
    try:
        problems = CASES[options.case](moment)
    finally:
        moment.receiver.kill_everything()
        moment.disk.unmount()
        shutil.rmtree(directory)
    print(json.dumps({"case": options.case, "fs": options.fs} | moment.found | {"problems": problems}))
    return 1 if problems else 0
