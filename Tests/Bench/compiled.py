"""The bench's own C programs, and the contenders that are made of them."""

import functools
import json
import os
import subprocess
import tempfile

import processes
from contender import Contender
from processes import Failed, HERE, Server, free_port

FIXTURES = os.path.join(HERE, "fixtures")
CLINUX = os.path.join(HERE, "..", "..", "Sources", "CLinux")


@functools.cache
def build_directory():
    return tempfile.TemporaryDirectory(prefix="xfer-bench-")


@functools.cache
def compiled(name, *words):
    """The path of a fixture, compiled when it is first asked for. None where that cannot be done."""
    program = os.path.join(build_directory().name, f"{name}-{len(words)}")
    source = os.path.join(FIXTURES, f"{name}.c")
    command = ["cc", "-O2", "-D_GNU_SOURCE", "-o", program, source, *words, "-lpthread"]
    if not processes.find("cc"):
        return None
    done = subprocess.run(command, capture_output=True, text=True)
    return program if done.returncode == 0 else None


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
        return processes.run(command, self.server, self.path("client.log"))


class Connections(Contender):
    """A client of the bench's own that makes a connection for each file, `at_once` of them beside each
    other, and says what each took."""

    client = "classic"
    flags = ("--nodelay",)

    def __init__(self, at_once):
        self.at_once = at_once

    def missing(self):
        return super().missing() or (None if compiled(self.client) else "not compiled: needs cc")

    def send_to(self, port, source, prefix=""):
        command = [compiled(self.client), "send", str(port), source.directory, *self.flags]
        command += ["--at-once", str(self.at_once), "--prefix", prefix]
        run = processes.run(command, self.server, self.path("client.log"))
        with open(self.path("client.log")) as log:
            said = json.loads(log.readlines()[-1])
        if said["files"] != len(source.names):
            raise Failed(f"{said['files']} files were sent instead of {len(source.names)}")
        times = ("first_p50", "first_p99", "total_p50", "total_p99")
        run.extra = {key: said[key] for key in times}
        return run


class Classic(Connections):
    """The fork-per-client pair of the tutorials, with TCP_NODELAY or as it stands there."""

    def __init__(self, label, *flags, at_once=1):
        super().__init__(at_once)
        self.label, self.flags = label, flags

    def start(self, directory):
        super().start(directory)
        port = free_port()
        command = [compiled("classic"), "serve", str(port), self.received, *self.flags]
        self.server = Server(command, port, self.path("log"))

    def send(self, source):
        return self.send_to(self.server.port, source)
