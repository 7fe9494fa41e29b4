"""Encrypted ways: xfer with an identity, a bare pair of NIOSSL, and rsync over ssh."""

import json
import os
import subprocess

from Bench.contenders.contender import Contender
from Bench.contenders.ssh import Ssh
from Bench.contenders.xfer import Xfer
from Bench.instruments import timing
from Bench.instruments.servers import Failed, Server, find
from Rig import identity
from Rig.ports import free_port


class XferIdentified(Xfer):
    """xfer with `--access identified`: TLS 1.3, certificates on both sides, the key in a process of its own."""

    def __init__(self, programs, label, *options):
        super().__init__(programs, label, "--access", "identified", *options)

    def missing(self):
        return super().missing() or (None if self.can_join() else "this xferctl cannot join")

    def can_join(self):
        said = subprocess.run([self.program("xferctl"), "--help"], capture_output=True, text=True)
        return " join " in said.stdout

    def start(self, directory):
        super().start(directory)
        self.home = identity.join(self.receiver, "bench", self.path("home"))

    def sender(self, what, name, address=None):
        command = super().sender(what, name, identity.SERVER)
        return ["env", "XFER_PLAIN=0", f"XFER_HOME={self.home}", *command]


class OfPair(Contender):
    """One that uses the bench's own program `tls-pair`."""

    def __init__(self, programs):
        self.program_at = os.path.join(programs, "tls-pair")

    def missing(self):
        return None if os.path.exists(self.program_at) else "not built: tls-pair"


class TLSPair(OfPair):
    """The same bytes through NIOSSL and NIO alone into a file: no checksum, no receipt but one byte."""

    label = "bare pair of NIOSSL"
    options = ()

    def start(self, directory):
        super().start(directory)
        port = free_port()
        command = [self.program_at, "serve", str(port), self.path("received", "file"), *self.options]
        self.server = Server(command, port, self.path("log"))

    def received_path(self, name):
        return self.path("received", "file")

    def send(self, source):
        (name,) = source.names
        command = [self.program_at, "send", str(self.server.port), source.path(name)]
        return timing.run(command, self.server, self.path("client.log"))


class TLSPairDirect(TLSPair):
    """The same around the page cache."""

    label = "bare pair of NIOSSL, direct"
    options = ("--direct",)


class Greeting:
    """A client that connects for each file of a source, greets and leaves. No file is sent."""

    what = "greet"

    def connect(self, program, source, home, *options):
        self.sent = source
        command = [program, self.what, str(self.server.port), source.directory, *options]
        command += ["--at-once", str(self.at_once), *(["--home", home] if home else [])]
        run = timing.run(command, self.server, self.path("client.log"))
        with open(self.path("client.log")) as log:
            said = json.loads(log.readlines()[-1])
        if said["files"] != len(source.names):
            raise Failed(f"{said['files']} connections instead of {len(source.names)}")
        # The client's own start is no part of a connection.
        run.seconds = said["seconds"]
        run.extra |= {key: said[key] for key in ("total_p50", "total_p99")}
        return run

    def received_path(self, name):
        """The source itself, because nothing is sent."""
        return self.sent.path(name)

    def check(self, source):
        """Nothing is sent."""

    def set_aside(self):
        """Nothing is sent."""


class Handshakes(Greeting, OfPair):
    """A process for each connection, the handshake, the greeting and nothing else."""

    def __init__(self, programs, label, place, at_once):
        super().__init__(programs)
        self.label, self.place, self.at_once = label, place, at_once

    def start(self, directory):
        super().start(directory)
        port = free_port()
        command = [self.program_at, "handshakes", str(port), self.path("key"), "--key", self.place]
        self.server = Server(command, port, self.path("log"))

    def send(self, source):
        return self.connect(self.program_at, source, self.path("home"))


class OfXfer(Greeting):
    """A receiver that is greeted by the same client, with the identity of `home` if there is one."""

    home = None

    def __init__(self, programs, label, *options, at_once):
        super().__init__(programs, label, *options)
        self.at_once = at_once

    def missing(self):
        return super().missing() or OfPair(self.programs_at).missing()

    def send(self, source):
        return self.connect(self.program("tls-pair"), source, self.home)


class XferGreeted(OfXfer, Xfer):
    """xferd without encryption."""


class XferIdentifiedGreeted(OfXfer, XferIdentified):
    """xferd, to a client that it has enrolled."""


class Delivering(Greeting):
    """The same client delivers each file over a connection of its own."""

    what = "deliver"

    def connect(self, program, source, home):
        self.turn += 1
        return super().connect(program, source, home, "--prefix", self.prefix)

    def received_path(self, name):
        return Xfer.received_path(self, name)

    def check(self, source):
        Xfer.check(self, source)


class XferForEach(Delivering, XferGreeted):
    pass


class XferIdentifiedForEach(Delivering, XferIdentifiedGreeted):
    pass


class RsyncOverSsh(Ssh):
    """rsync through the bench's own sshd."""

    label = "rsync over ssh"
    programs = (*Ssh.programs, "rsync")

    def send(self, source):
        target = self.path("received")
        os.makedirs(target, exist_ok=True)
        options = " ".join(["ssh", *self.options]).replace("-P ", "-p ")
        command = [
            find("rsync"), "-r", "--whole-file", "-e", options, source.directory + "/",
            f"{self.host}:{target}/",
        ]
        return self.run(command)
