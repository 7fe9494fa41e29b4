"""A connection for each file, by a C client of the bench's own, and the classic pair of the tutorials."""

import json

from Bench.contenders.contender import Contender
from Bench.fixtures.compiled import compiled
from Bench.instruments import timing
from Bench.instruments.servers import Failed, Server
from Rig.ports import free_port


class Connections(Contender):
    """A client of the bench's own that makes a connection for each file, `at_once` of them beside each
    other, and prints the time of each."""

    client = "classic"
    flags = ("--nodelay",)

    def __init__(self, at_once):
        self.at_once = at_once

    def missing(self):
        return super().missing() or (None if compiled(self.client) else "not compiled: needs cc")

    def send_to(self, port, source, prefix=""):
        command = [compiled(self.client), "send", str(port), source.directory, *self.flags]
        command += ["--at-once", str(self.at_once), "--prefix", prefix]
        run = timing.run(command, self.server, self.path("client.log"))
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
