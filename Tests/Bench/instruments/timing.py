"""Timed runs of clients, and the processor time of both sides."""

import os
import select
import subprocess
import time

from Bench.instruments.servers import Failed, tail
from Rig.processes import processor_time as cpu
from Rig.processes import tree

LIMIT = 900  # seconds that a client may take


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
    """Returns the time when a process ended, and its use of resources. One that takes too long is killed."""
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
