"""What the torture tools share: a receiver that comes back on its ports, and senders.

Trees, the history and the audit come with it, from evidence.py.
"""

import json
import os
import random
import re
import signal
import socket
import subprocess
import tempfile
import time

from evidence import audit, compare, make_tree, rows, sent_names  # noqa: F401: part of the rig

PATIENCE = 60


def free_port():
    """A port below those that the kernel gives to connections: a sender that tries again while
    the receiver is down could otherwise be given the receiver's port, and keep it from coming back."""
    with open("/proc/sys/net/ipv4/ip_local_port_range") as file:
        first = int(file.read().split()[0])
    for _ in range(100):
        port = random.SystemRandom().randrange(min(10000, first - 1000), first)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise RuntimeError("no free port found")


def parent(pid):
    """The parent of a process, or None where it is gone or has ended and waits to be reaped."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            state, ppid = file.read().rpartition(")")[2].split()[:2]
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state in "ZX" else int(ppid)


def title(pid):
    try:
        with open(f"/proc/{pid}/cmdline") as file:
            return file.read().split("\0")[0].removeprefix("xferd: ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def kill_child(pid, of):
    """Kills a process only if it still is a child of the one named: a number may be given anew."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return False
    try:
        if parent(pid) != of:
            return False
        signal.pidfd_send_signal(descriptor, signal.SIGKILL)
        return True
    except ProcessLookupError:
        return False
    finally:
        os.close(descriptor)


class Receiver:
    """An xferd whose later starts use the ports of the first one, so that senders find it again."""

    def __init__(self, programs, data, *options, log):
        self.programs, self.data, self.options, self.log = programs, data, options, log
        self.address, self.http = (f"127.0.0.1:{free_port()}" for _ in range(2))
        self.process = None

    @property
    def files(self):
        return os.path.join(self.data, "files")

    @property
    def incoming(self):
        return os.path.join(self.data, "incoming")

    @property
    def database(self):
        return os.path.join(self.data, "history.sqlite")

    @property
    def pid(self):
        return self.process.pid

    def start(self):
        """Starts it and returns when it receives."""
        with open(self.log, "ab") as log:
            start = log.tell()
            self.process = subprocess.Popen(
                [f"{self.programs}/xferd", "--listen", self.address, "--http", self.http]
                + ["--data", self.data, *self.options],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log,
            )
        deadline = time.monotonic() + PATIENCE
        while "receiving on " not in (said := self._said(start)):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the receiver did not start ({self.process.poll()}):\n{said}")
            time.sleep(0.02)
        return self

    def _said(self, start):
        with open(self.log, "rb") as log:
            log.seek(start)
            return log.read().decode(errors="replace")

    def processes(self):
        """The living children of the supervisor: {pid: 'recorder', 'stats' or 'session ADDRESS'}.
        A child that has not yet said what it is has the supervisor's title."""
        found = {int(entry) for entry in os.listdir("/proc") if entry.isdigit()}
        return {pid: title(pid) for pid in found if parent(pid) == self.pid}

    def kill_supervisor(self):
        """Kills the supervisor alone; its children are to die of it."""
        self.process.kill()
        self.process.wait()

    def kill_everything(self):
        children = self.processes()
        # Stopped first, so that it does not start others while its children are killed.
        self.process.send_signal(signal.SIGSTOP)
        for pid in children | self.processes():
            kill_child(pid, self.pid)
        self.kill_supervisor()

    def stop(self):
        """Ends it in order and returns its exit status."""
        self.process.terminate()
        return self.process.wait(PATIENCE + 30)


def send(programs, address, paths, *options):
    """Starts a sender. Its output goes to a file: a full pipe would hold it up."""
    out, err = tempfile.TemporaryFile("w+"), tempfile.TemporaryFile("w+")
    process = subprocess.Popen(
        [f"{programs}/xferctl", "send", *paths, "--server", address, "--json", *options],
        stdin=subprocess.DEVNULL, stdout=out, stderr=err, text=True,
    )
    process.said, process.complained = out, err
    return process


def collect(process, timeout=None):
    """The exit status of a sender, its receipts and other objects, and its complaints."""
    status = process.wait(timeout)
    texts = []
    for file in (process.said, process.complained):
        file.seek(0)
        texts.append(file.read())
        file.close()
    # A sender that was killed may have left half a line.
    whole = re.findall(r"^(.+)\n", texts[0], re.MULTILINE)
    return status, [json.loads(line) for line in whole], texts[1]
