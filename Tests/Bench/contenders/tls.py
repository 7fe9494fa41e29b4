"""Encrypted ways: xfer with an identity, a bare pair of NIOSSL, and rsync over ssh."""

import os
import subprocess

from Bench.contenders.contender import Contender
from Bench.contenders.ssh import Ssh
from Bench.contenders.xfer import Xfer
from Bench.instruments import timing
from Bench.instruments.servers import Server, find
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
        self.home = self.path("home")
        invite = [
            self.program("xferd"), "invite", "bench", "--data", self.receiver.data,
            "--address", self.receiver.address,
        ]
        line = subprocess.run(invite, check=True, capture_output=True, text=True).stdout.strip()
        command = [self.program("xferctl"), "join", line, "--as", "bench"]
        environment = {**os.environ, "XFER_HOME": self.home}
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)

    def sender(self, what, name, address=None):
        command = super().sender(what, name, "bench")
        return ["env", "XFER_PLAIN=0", f"XFER_HOME={self.home}", *command]


class TLSPair(Contender):
    """The same bytes through NIOSSL and NIO alone: no file at the receiver, no checksum, no receipt."""

    label = "bare pair of NIOSSL"

    def __init__(self, programs):
        self.program_at = os.path.join(programs, "tls-pair")

    def missing(self):
        return None if os.path.exists(self.program_at) else "not built: tls-pair"

    def start(self, directory):
        super().start(directory)
        port = free_port()
        self.server = Server([self.program_at, "serve", str(port)], port, self.path("log"))

    def received_path(self, name):
        """The source itself, because nothing is kept."""
        return os.path.join(self.sent, name)

    def send(self, source):
        self.sent = source.directory
        (name,) = source.names
        file = os.path.join(source.directory, name)
        command = [self.program_at, "send", str(self.server.port), file]
        return timing.run(command, self.server, self.path("client.log"))

    def check(self, source):
        """Nothing is kept."""

    def clear(self):
        """Nothing is kept."""


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
