"""A file system of its own on a loop device. Its crash loses what a loss of power would lose.

The shutdown ioctl without a flush of the log (ioctl_xfs_goingdown(2), EXT4_IOC_SHUTDOWN) stops all
writing at once: what has not reached the device by then never does.
"""

import fcntl
import os
import shutil
import struct
import subprocess
import sys
import time

GOING_DOWN = 0x8004587D
NO_LOG_FLUSH = 2
MAKE = {
    "ext4": ["mkfs.ext4", "-q", "-F"],
    "xfs": ["mkfs.xfs", "-q", "-f"],
    "btrfs": ["mkfs.btrfs", "-q", "-f"],
    "ext4-nojournal": ["mkfs.ext4", "-q", "-F", "-O", "^has_journal"],
    "ext2": ["mkfs.ext2", "-q", "-F"],
}
# The directories of administrators' programs are often not in the path.
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
# Their changes of directories go to the device's cache at once, where the ioctl does not reach them.
WITHOUT_JOURNAL = ("ext2", "ext4-nojournal")
WITH_IOCTL = [kind for kind in MAKE if kind != "btrfs"]
INSIDE = "XFER_TORTURE_INSIDE"
SKIPPED = 75  # the exit status where the machine cannot make such a file system


def obstacle(kind):
    """Returns the reason why there can be no such file system here, as a sentence, or None."""
    if os.geteuid() != 0:
        return "only root can mount a file system"
    if not os.path.exists("/dev/loop-control"):
        return "there is no loop device (/dev/loop-control)"
    if shutil.which(MAKE[kind][0], path=PATH) is None:
        return f"{MAKE[kind][0]} is missing"
    return None


def is_possible(tool, kinds):
    """True if all of the file systems can be made here; else prints the reason."""
    for kind in kinds:
        if (why := obstacle(kind)) is not None:
            print(f"{tool}: skipped, as {why}")
            return False
    return True


def enter_namespaces():
    """Goes on in namespaces of its own for mounts and processes. When this process ends, in any
    way, the kernel ends all that it started, unmounts what it mounted and frees the loop devices."""
    if os.environ.get(INSIDE):
        return
    command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    environment = os.environ | {INSIDE: "1", "PATH": PATH}
    os.execvpe("unshare", [*command, sys.executable, *sys.argv], environment)


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")


class Disk:
    """An image of `megabytes`, sparse, with a file system, mounted at `path`."""

    def __init__(self, kind, image, path, megabytes=1024):
        self.kind, self.image, self.path = kind, image, path
        self.repaired = ""
        with open(image, "wb") as file:
            file.truncate(megabytes << 20)
        run(*MAKE[kind], image)
        os.makedirs(path, exist_ok=True)
        self.mount()

    def mount(self):
        kind = "ext4" if self.kind.startswith("ext4") else self.kind
        run("mount", "-t", kind, "-o", "loop", self.image, self.path)

    def crash(self):
        """From here on nothing is written any more, and nothing that is asked for succeeds."""
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, GOING_DOWN, struct.pack("I", NO_LOG_FLUSH))
        finally:
            os.close(descriptor)
        if self.kind in WITHOUT_JOURNAL:
            run("cp", "--sparse=always", self.image, self.image + ".crashed")

    def mount_again(self):
        """As the machine does when the power is back."""
        self.unmount()
        if self.kind in WITHOUT_JOURNAL:
            os.replace(self.image + ".crashed", self.image)
            # 1: errors were corrected, which is what a check after a crash is for.
            check = subprocess.run(["e2fsck", "-fy", self.image], capture_output=True, text=True)
            if check.returncode not in (0, 1):
                raise RuntimeError(f"e2fsck ended with {check.returncode}: {check.stdout[-500:]}")
            self.repaired = check.stdout
        self.mount()

    def unmount(self):
        """Waits for the last process that has a file on it to be gone."""
        deadline = time.monotonic() + 30
        while True:
            try:
                return run("umount", self.path)
            except RuntimeError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
