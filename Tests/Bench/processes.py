"""Servers that the bench starts and stops itself, clients whose time is taken, and the processor time
of both."""

import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, "..", "Torture"))

from rig import free_port  # noqa: E402,F401: part of this module

PATIENCE = 30
LIMIT = 900  # seconds that a client may take
TICK = os.sysconf("SC_CLK_TCK")
os.environ["PATH"] += ":/usr/sbin:/usr/local/sbin:/sbin"


class Failed(Exception):
    """A contender did not do what it was told; the rest of the case goes on without it."""


def find(program):
    return shutil.which(program)


def die_with_the_bench():
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def listens(port):
    """Whether somebody listens there. Asked of the kernel, as a connection would be served."""
    wanted = f":{port:04X}"
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with open(table) as lines:
            for line in lines:
                fields = line.split()
                if fields[1].endswith(wanted) and fields[3] == "0A":
                    return True
    return False


def tail(path, lines=3):
    """The last lines of a log, each once, as one."""
    with open(path, errors="replace") as file:
        said = dict.fromkeys(line.strip() for line in file if line.strip())
    return " / ".join(list(said)[-lines:])


class Server:
    """A program that listens on a port of its own; `stop` ends it with all its children."""

    def __init__(self, command, port, log):
        self.port, self.log = port, log
        with open(log, "ab") as output:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True, preexec_fn=die_with_the_bench,
            )
        deadline = time.monotonic() + PATIENCE
        while not listens(port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise Failed(f"{command[0]} did not start: {tail(log)}")
            time.sleep(0.01)

    @property
    def pid(self):
        return self.process.pid

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(PATIENCE + 15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def stat_fields(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def tree(root):
    """The living processes below `root`, itself among them, with the fields of their stat."""
    found = {int(entry): stat_fields(entry) for entry in os.listdir("/proc") if entry.isdigit()}
    below, added = {}, {root}
    while added:
        below |= {pid: found[pid] for pid in added if found.get(pid)}
        added = {pid for pid, f in found.items() if f and int(f[1]) in below} - below.keys()
    return below


def cpu(root):
    """Seconds of processor time of a server: its processes, and those that they have reaped."""
    return sum(int(n) for fields in tree(root).values() for n in fields[11:15]) / TICK


def settle(root, size):
    """Waits until the processes that served a client have ended and were reaped."""
    deadline = time.monotonic() + 2
    while len(tree(root)) > size and time.monotonic() < deadline:
        time.sleep(0.02)


class Run:
    """One timed run: seconds, the processor time of both sides, and what else was seen."""

    def __init__(self, seconds, client_cpu, server_cpu=None, **extra):
        self.seconds, self.client_cpu, self.server_cpu = seconds, client_cpu, server_cpu
        self.extra = extra


def wait(process, limit=LIMIT):
    """What the kernel counted for a process, when it has ended; one that takes too long is killed."""
    descriptor = os.pidfd_open(process.pid)
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    try:
        in_time = poll.poll(limit * 1000)
        if not in_time:
            process.kill()
        ended = time.monotonic()
        _, status, usage = os.wait4(process.pid, 0)
    finally:
        os.close(descriptor)
    process.returncode = os.waitstatus_to_exitcode(status)
    if not in_time:
        raise Failed(f"took more than {limit} s")
    return ended, usage


def run(command, server, log, directory=None, stdin=None):
    """Runs a client to its end and takes its time, from its start to its exit."""
    size, before = len(tree(server.pid)), cpu(server.pid)
    with open(log, "wb") as output:
        began = time.monotonic()
        process = subprocess.Popen(
            command, stdin=stdin or subprocess.DEVNULL, stdout=output, stderr=output, cwd=directory
        )
        try:
            ended, usage = wait(process)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise Failed(f"{os.path.basename(command[0])} ended with {process.returncode}: {tail(log)}")
    settle(server.pid, size)
    used = usage.ru_utime + usage.ru_stime
    return Run(ended - began, used, cpu(server.pid) - before)
