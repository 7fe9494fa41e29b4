"""Servers that the bench starts and stops itself."""

import ctypes
import os
import shutil
import signal
import subprocess
import time

from Rig.ports import listens

PATIENCE = 30


class Failed(Exception):
    """A contender did not do what it was told; the rest of the case goes on without it."""


def find(program):
    return shutil.which(program)


def die_with_the_bench():
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def tail(path, lines=3):
    """Returns the last lines of a log, each once, as one."""
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
