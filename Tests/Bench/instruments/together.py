"""Many clients that begin at the same moment."""

import os
import select
import signal
import time

from Bench.instruments import servers, timing
from Bench.instruments.servers import Failed
from Bench.instruments.timing import Run
from Rig import processes


def start_at(gate, command, log):
    """A child that waits until the gate is closed behind the bench, and then becomes the command."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.close(gate[1])
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.read(gate[0], 1)
        os.execvp(command[0], command)
    finally:
        os._exit(127)


def collect(waiting, began):
    """Returns the times when the children ended, their processor time, and the number that failed."""
    poll, times, used, failed = select.poll(), [], 0, 0
    descriptors = {os.pidfd_open(pid): pid for pid in waiting}
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    try:
        while waiting:
            ready = poll.poll(timing.LIMIT * 1000)
            times += [time.monotonic() - began] * len(ready)
            if not ready:
                raise Failed(f"nothing ended in {timing.LIMIT} s")
            for descriptor, _ in ready:
                poll.unregister(descriptor)
                _, status, usage = os.wait4(descriptors[descriptor], 0)
                waiting.discard(descriptors[descriptor])
                used += usage.ru_utime + usage.ru_stime
                failed += status != 0
    finally:
        for descriptor in descriptors:
            os.close(descriptor)
    return times, used, failed


def run(commands, server, log):
    """Runs all commands at once. The time is that of the last one; fairness is the slowest one's rate
    as a part of the fastest one's, as each has as much to send."""
    open(log, "w").close()
    size, before = len(processes.tree(server.pid)), timing.cpu(server.pid)
    gate = os.pipe()
    waiting = set()
    try:
        for command in commands:
            waiting.add(start_at(gate, command, log))
        os.close(gate[0])
        time.sleep(0.2 + len(commands) / 1000)  # until all stand at the gate
        began = time.monotonic()
        os.close(gate[1])
        times, used, failed = collect(waiting, began)
    finally:
        for pid in waiting:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    if failed:
        raise Failed(f"{failed} of {len(commands)} clients failed: {servers.tail(log)}")
    timing.settle(server.pid, size)
    server_cpu = timing.cpu(server.pid) - before
    return Run(max(times), used, server_cpu, fairness=min(times) / max(times))
