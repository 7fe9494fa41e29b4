"""xfer itself: a receiver of its own with its sender, or with a client of the classic protocol."""

import functools
import os
import shutil
import subprocess

from Bench.contenders.classic import Connections
from Bench.contenders.contender import Contender
from Bench.instruments import memory, timing
from Bench.instruments.servers import Failed, Server
from Rig.evidence import completed
from Rig.receiver import Receiver


ENOUGH = ["--max-connections", "4096", "--max-per-address", "4096"]
LAZY = ("--durability", "lazy")


@functools.cache
def knows(program, option):
    """Returns true if the help text of a program has an option. Earlier versions have one text alone."""
    texts = [subprocess.run([program, each], capture_output=True, text=True).stdout for each in ("--help-all", "--help")]
    return any(option in text for text in texts)


class Xfer(Contender):
    """Each send has a directory of its own below files/, as nothing is ever replaced there."""

    separator = "/"  # behind the turn in a name

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
        options = [*ENOUGH, *self.options]
        self.receiver = Receiver(self.programs_at, self.path("data"), *options, log=self.path("log"))
        self.server = Server(self.receiver.command, self.receiver.port, self.receiver.log)

    @property
    def prefix(self):
        return f"turn-{self.turn}"

    @property
    def received(self):
        return os.path.join(self.receiver.files, self.prefix)

    def sender(self, what, name, address=None):
        """Returns the command that sends a file or a directory under a name of this turn."""
        server = ["--server", address or self.receiver.address, "--quiet"]
        return [self.program("xferctl"), "send", what, "--as", name, *server]

    def send(self, source):
        self.turn += 1
        command = self.sender(source.directory, self.prefix)
        return self.watched(lambda: timing.run(command, self.server, self.path("client.log")))

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
        rows = sum(1 for _ in completed(self.receiver.database, self.prefix + self.separator))
        if rows != len(source.names):
            raise Failed(f"{rows} rows in the history for {len(source.names)} files")

    def clear(self):
        shutil.rmtree(self.received, ignore_errors=True)

    def set_aside(self):
        """Each turn has its own place."""


class XferOverClassic(Xfer, Connections):
    """xferd, sent to by the same client as the classic pair. The protocol has no directories, so the
    turn is a part of the name."""

    separator = "-"

    def __init__(self, programs, label, *options, at_once=1):
        Xfer.__init__(self, programs, label, *options)
        self.at_once = at_once

    def missing(self):
        return Xfer.missing(self) or Connections.missing(self)

    @property
    def received(self):
        return self.receiver.files

    def received_path(self, name):
        return os.path.join(self.received, self.prefix + self.separator + name)

    def send(self, source):
        self.turn += 1
        return self.send_to(self.server.port, source, self.prefix + self.separator)
