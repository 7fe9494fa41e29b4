"""An rsync daemon, and rsync as its client: whole files, as there is nothing to compare with."""

import os

from Bench.contenders.contender import Contender
from Bench.instruments import timing
from Bench.instruments.servers import Server
from Rig.ports import free_port


CONFIGURATION = """\
use chroot = no
uid = {user}
gid = {group}
address = 127.0.0.1
port = {port}
max connections = 0
[bench]
  path = {path}
  read only = no
"""


class Rsync(Contender):
    programs = ("rsync",)

    def __init__(self, label, *flags):
        self.label, self.flags = label, flags

    def start(self, directory):
        super().start(directory)
        port = free_port()
        text = CONFIGURATION.format(
            user=os.getuid(), group=os.getgid(), port=port, path=self.received
        )
        configuration = self.write("rsyncd.conf", text)
        command = ["rsync", "--daemon", "--no-detach", f"--config={configuration}"]
        self.server = Server(command, port, self.path("log"))

    def sender(self, directory, below="", port=None):
        target = f"rsync://127.0.0.1:{port or self.server.port}/bench/{below}"
        return ["rsync", "-r", "--whole-file", *self.flags, f"{directory}/", target]

    def send(self, source):
        command = self.sender(source.directory)
        return timing.run(command, self.server, self.path("client.log"))
