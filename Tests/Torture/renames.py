"""A crash between a rename and the sync of the directory, after the old directory alone has been written.

    torture renames --fs ext4|xfs|ext2|ext4-nojournal [--programs DIR]

What write-back may do at any moment is done here on purpose: the directory that the file left is synced, the
one that it came to is not. With a journal both go together. Without one the file is in neither of them after
the crash, and is not delivered. It needs a debug build, as it holds the recorder up at a failpoint.
"""

import argparse
import json
import os
import shutil
import tempfile
import time

import disk
import rig

PATIENCE = 120


def parse(arguments):
    parser = argparse.ArgumentParser(prog="torture renames", description=__doc__.splitlines()[0])
    parser.add_argument("--fs", choices=list(disk.MAKE), default="ext4")
    parser.add_argument("--programs", default=".build/debug")
    options = parser.parse_args(arguments)
    options.programs = os.path.abspath(options.programs)
    return options


def wait_for(path):
    deadline = time.monotonic() + PATIENCE
    while not os.path.exists(path):
        if time.monotonic() > deadline:
            raise RuntimeError(f"{path} did not come")
        time.sleep(0.01)


def start(options, directory, place):
    """A receiver whose recorder stops at this place."""
    failpoints = f"{directory}/failpoints"
    os.mkdir(failpoints)
    open(f"{failpoints}/{place}", "w").close()
    os.environ["XFER_FAILPOINTS"] = failpoints
    receiver = rig.Receiver(options.programs, f"{directory}/disk/data", log=f"{directory}/log").start()
    del os.environ["XFER_FAILPOINTS"]
    return receiver, f"{failpoints}/{place}.reached"


def sync(path):
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def deliver(options, directory, fs, summary):
    file, kind = f"{directory}/f", options.fs
    with open(file, "wb") as out:
        out.write(os.urandom(100_000))
    receiver, reached = start(options, directory, "recorder.renamed")
    try:
        sender = rig.send(options.programs, receiver.address, [file], "--retry-for", "1m")
        wait_for(reached)
        sync(receiver.incoming)
        fs.crash()
        receiver.kill_everything()
        fs.mount_again()
        summary["found"] = {it: os.listdir(f"{receiver.data}/{it}") for it in ("incoming", "files")}
        with open(f"{receiver.data}/boot-id", "w") as mark:
            mark.write("another start of the machine")
        receiver.start()
        status, objects, said = rig.collect(sender, PATIENCE)
        counts, problems = rig.audit(receiver, {"f": file}, objects)
        problems += [] if status == 0 else [f"the sender ended with {status}: {said[-300:]}"]
        summary |= counts | {"fs": kind, "problems": problems}
    finally:
        receiver.kill_everything()


def main(arguments):
    options = parse(arguments)
    if (why := disk.obstacle(options.fs)) is not None:
        print(f"torture renames: skipped, as {why}")
        return 75
    disk.enter_namespaces()
    directory = tempfile.mkdtemp(prefix="xfer-renames-")
    fs = disk.Disk(options.fs, f"{directory}/image", f"{directory}/disk", 512)
    summary = {}
    try:
        deliver(options, directory, fs, summary)
    finally:
        fs.unmount()
        shutil.rmtree(directory)
    print(json.dumps(summary))
    return 1 if summary["problems"] else 0
