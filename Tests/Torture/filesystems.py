"""The tests of the promise, on one file system after the other.

    torture filesystems [--fs NAME]... [--filter REGEX] [--command "swift test --skip-build"]

Each is made for the tests, mounted, and named to them by TMPDIR: all that a test makes lies on it. Prints a
line for each file system and one for each test that failed there; the logs of those are kept.
"""

import argparse
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import time

from Torture import disk

FILTER = (
    # Full disks are not among them: those tests make each file system for themselves.
    "DeliveryTests|ResumeTests|KillMatrixTests|DurabilityTests|GroupOrderTests|RecoveryTests|"
    "TruthTests|DiskFaultTests|XferStorageTests"
)
MEGABYTES = 8 << 10
WIDTH = "4"


def mount_tmpfs(folder):
    disk.run("mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "xfer-test", folder)


def mount_overlay(folder):
    """Over a tmpfs, as the upper layer of an overlay must not be an overlay itself (as in a container)."""
    below = f"{folder}.layers"
    os.makedirs(below)
    mount_tmpfs(below)
    for layer in ("lower", "upper", "work"):
        os.makedirs(f"{below}/{layer}")
    layers = f"lowerdir={below}/lower,upperdir={below}/upper,workdir={below}/work"
    disk.run("mount", "-t", "overlay", "-o", layers, "xfer-test", folder)


OTHERS = {"tmpfs": mount_tmpfs, "overlay": mount_overlay}
KINDS = ["ext4", "xfs", "btrfs", *OTHERS]


def parse(arguments):
    parser = argparse.ArgumentParser(prog="torture filesystems", description=__doc__.splitlines()[0])
    parser.add_argument("--fs", action="append", choices=KINDS, help="default: all")
    parser.add_argument("--filter", default=FILTER)
    parser.add_argument("--command", default="swift test --skip-build")
    return parser.parse_args(arguments)


def run_tests(options, folder, log):
    environment = os.environ | {"TMPDIR": folder + "/"}
    environment.setdefault("SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH", WIDTH)
    command = [*shlex.split(options.command), "--filter", options.filter]
    with open(log, "w") as file:
        done = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT, env=environment)
    with open(log) as file:
        return done.returncode, file.read()


def failures(said):
    """Returns a line for each test that failed, with its arguments and the first thing that was not so."""
    found = {}
    pattern = r'^✘ Test (".*?"|\S+) recorded an issue(?: with \d+ arguments? (.*?))? at (\S+): (.*)$'
    for name, arguments, place, what in re.findall(pattern, said, re.MULTILINE):
        found.setdefault((name, arguments), f"{name} {arguments} at {place}: {what[:200]}")
    return list(found.values())


def one(options, kind, directory):
    """Returns true if all tests passed on a file system of this kind."""
    folder, log, began = f"{directory}/{kind}", f"{directory}/{kind}.log", time.monotonic()
    os.makedirs(folder)
    if kind in OTHERS:
        OTHERS[kind](folder)
    else:
        disk.Disk(kind, f"{directory}/{kind}.image", folder, MEGABYTES)
    status, said = run_tests(options, folder, log)
    disk.run("umount", "-l", folder)
    if os.path.ismount(f"{folder}.layers"):
        disk.run("umount", "-l", f"{folder}.layers")
    failed = failures(said)
    ran = re.findall(r"Test run with (\d+) tests?", said)
    print(
        f"{kind:8} {'ok' if status == 0 else 'FAILED'}: {ran[-1] if ran else 0} tests, "
        f"{len(failed)} failed, {time.monotonic() - began:.0f} s", flush=True,
    )
    for line in failed or ([] if status == 0 else [said[-500:]]):
        print(f"  {line}", flush=True)
    return status == 0 and bool(ran)


def main(arguments):
    options = parse(arguments)
    kinds = options.fs or KINDS
    if os.geteuid() != 0:
        print("torture filesystems: only root can mount a file system")
        return 77
    disk.enter_namespaces()
    directory = tempfile.mkdtemp(prefix="xfer-filesystems-")
    all_passed = True
    for kind in kinds:
        if kind in disk.MAKE and (why := disk.obstacle(kind)) is not None:
            print(f"{kind:8} skipped, as {why}", flush=True)
            continue
        all_passed = one(options, kind, directory) and all_passed
    if all_passed:
        shutil.rmtree(directory)
    else:
        print(f"the logs are in {directory}")
    return 0 if all_passed else 1
