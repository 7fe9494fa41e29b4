"""xfer itself: a receiver of its own with its sender, or with a client of the classic protocol."""

import contextlib
import functools
import os
import shutil
import sqlite3
import subprocess

import memory
import processes
from compiled import Connections
from contender import Contender
from processes import Failed, Server, free_port

ENOUGH = ["--max-connections", "4096", "--max-per-address", "4096"]
LAZY = ("--durability", "lazy")


@functools.cache
def knows(program, option):
    """Whether a program has an option, by what it says of itself."""
    said = subprocess.run([program, "--help"], capture_output=True, text=True)
    return option in said.stdout


class Xfer(Contender):
    """Each send has a directory of its own below files/, as nothing is ever replaced there."""

    def __init__(self, programs, label, *options):
        self.programs_at, self.label, self.options = programs, label, options
        self.turn = 0

    def program(self, name):
        return os.path.join(self.programs_at, name)

    def missing(self):
        absent = [name for name in ("xferd", "xferctl") if not os.path.exists(self.program(name))]
        if absent:
            return f"not built: {', '.join(absent)} in {self.programs_at}"
        if "--digest" in self.options and not knows(self.program("xferd"), "--digest"):
            return "this xferd has no --digest"
        return None

    def start(self, directory):
        self.directory = directory
        port = free_port()
        self.address = f"127.0.0.1:{port}"
        command = [self.program("xferd"), "--listen", self.address]
        command += ["--http", f"127.0.0.1:{free_port()}", "--data", self.path("data")]
        self.server = Server(command + ENOUGH + list(self.options), port, self.path("log"))

    @property
    def prefix(self):
        return f"turn-{self.turn}"

    @property
    def received(self):
        return self.path("data", "files", self.prefix)

    def sender(self, what, name, address=None):
        """The command that sends a file or a directory under a name of this turn."""
        server = ["--server", address or self.address, "--quiet"]
        return [self.program("xferctl"), "send", what, "--as", name, *server]

    def send(self, source):
        self.turn += 1
        command = self.sender(source.directory, self.prefix)
        return self.watched(lambda: processes.run(command, self.server, self.path("client.log")))

    def watched(self, work):
        """Runs `work`. The most private memory of a session is seen in the first turn, which does not
        count, and stands in the results of all."""
        if self.turn > 1:
            run = work()
        else:
            with memory.Sampler(self.server.pid) as sampler:
                run = work()
            self.private = sampler.largest
        run.extra["private_bytes"] = self.private
        return run

    def check(self, source):
        """Each file must stand in the history, once and completed."""
        rows = self.completed(f"{self.prefix}[/-]*")
        if rows != len(source.names):
            raise Failed(f"{rows} rows in the history for {len(source.names)} files")

    def completed(self, pattern):
        uri = f"file:{self.path('data', 'history.sqlite')}?mode=ro"
        query = "SELECT count(*) FROM transfer WHERE status = 1 AND name GLOB ?"
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as history:
            return history.execute(query, [pattern]).fetchone()[0]

    def clear(self):
        shutil.rmtree(self.received, ignore_errors=True)

    def set_aside(self):
        """Each turn has its own place."""


class XferOverClassic(Xfer, Connections):
    """xferd, sent to by the same client as the classic pair. The protocol has no directories, so the
    turn is a part of the name."""

    def __init__(self, programs, label, *options, at_once=1):
        Xfer.__init__(self, programs, label, *options)
        self.at_once = at_once

    def missing(self):
        return Xfer.missing(self) or Connections.missing(self)

    @property
    def received(self):
        return self.path("data", "files")

    def received_path(self, name):
        return os.path.join(self.received, f"{self.prefix}-{name}")

    def send(self, source):
        self.turn += 1
        return self.send_to(self.server.port, source, f"{self.prefix}-")
