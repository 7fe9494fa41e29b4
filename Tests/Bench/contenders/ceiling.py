"""The ceiling: a C program that does the least that any receiver must do."""

import os

from Bench.contenders.contender import Contender
from Bench.fixtures.compiled import FIXTURES, compiled
from Bench.instruments import timing
from Bench.instruments.servers import Server
from Rig.ports import free_port

CLINUX = os.path.join(FIXTURES, "..", "..", "..", "Sources", "CLinux")


class Ceiling(Contender):
    """The least that any receiver must do. `flags` say which of xfer's tasks it takes on."""

    def __init__(self, label, *flags):
        self.label, self.flags = label, flags

    @property
    def program(self):
        words = [f"-I{CLINUX}/include", f"{CLINUX}/crc32c.c"]
        sha256 = ["-DWITH_SHA256", "-lcrypto"] if "--sha256" in self.flags else []
        return compiled("ceiling", *words, *sha256)

    def missing(self):
        return None if self.program else "not compiled: needs cc, for SHA-256 also libssl-dev"

    def start(self, directory):
        super().start(directory)
        port, target = free_port(), self.received_path("large.bin")
        command = [self.program, "serve", str(port), target, *self.flags]
        self.server = Server(command, port, self.path("log"))

    def send(self, source):
        flags = [flag for flag in self.flags if flag == "--sums"]
        command = [self.program, "send", str(self.server.port), source.path(*source.names), *flags]
        return timing.run(command, self.server, self.path("client.log"))
