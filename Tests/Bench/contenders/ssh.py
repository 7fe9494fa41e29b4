"""sftp and scp (which speaks sftp) to an sshd of the bench's own. Encrypted, as it cannot be otherwise."""

import getpass
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from Bench.contenders.contender import Contender
from Bench.instruments import timing
from Bench.instruments.servers import Failed, Server, find
from Rig.ports import free_port


CONFIGURATION = """\
ListenAddress 127.0.0.1
Port {port}
HostKey {directory}/host_key
AuthorizedKeysFile {directory}/client_key.pub
PidFile none
StrictModes no
UsePAM no
UseDNS no
PasswordAuthentication no
PermitRootLogin yes
MaxStartups 1000
MaxSessions 1000
Subsystem sftp internal-sftp
"""


class Ssh(Contender):
    programs = ("sshd", "ssh", "sftp", "scp", "ssh-keygen")

    def start(self, directory):
        super().start(directory)
        port = free_port()
        for key in ("host_key", "client_key"):
            make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.path(key)]
            subprocess.run(make, check=True, stdin=subprocess.DEVNULL)
        if os.getuid() == 0:
            os.makedirs("/run/sshd", mode=0o755, exist_ok=True)  # sshd insists
        text = CONFIGURATION.format(port=port, directory=directory)
        command = [find("sshd"), "-D", "-e", "-f", self.write("sshd_config", text)]
        self.server = Server(command, port, self.path("log"))

    @property
    def options(self):
        known = f"UserKnownHostsFile={self.path('known_hosts')}"
        words = ["-q", "-F", "none", "-i", self.path("client_key"), "-o", known]
        return [*words, "-o", "StrictHostKeyChecking=no", "-P", str(self.server.port)]

    @property
    def host(self):
        return f"{getpass.getuser()}@127.0.0.1"

    def run(self, command):
        return timing.run(command, self.server, self.path("client.log"))


class Scp(Ssh):
    label = "scp to sshd"

    def send(self, source):
        target = f"{self.host}:{self.received}/"
        return self.run(["scp", *self.options, *map(source.path, source.names), target])


class Sftp(Ssh):
    label = "sftp to sshd"

    def send(self, source):
        batch = self.write("batch", f"put -r {source.directory}/. {self.received}\n")
        return self.run(["sftp", *self.options, "-b", batch, self.host])


class SftpForEach(Ssh):
    """A connection for each file means a program for each file."""

    label = "sftp to sshd, one for each file"

    def __init__(self, at_once):
        self.at_once = at_once

    def send(self, source):
        began, before = time.monotonic(), timing.cpu(self.server.pid)
        with ThreadPoolExecutor(self.at_once) as pool:
            totals = sorted(pool.map(lambda name: self._send_one(source, name), source.names))
        seconds = time.monotonic() - began
        p50, p99 = (totals[int(part * (len(totals) - 1))] for part in (0.5, 0.99))
        used = timing.cpu(self.server.pid) - before
        return timing.Run(seconds, None, used, total_p50=p50, total_p99=p99)

    def _send_one(self, source, name):
        began = time.monotonic()
        command = ["sftp", *self.options, "-b", "-", self.host]
        put = f"put {source.path(name)} {self.received_path(name)}\n"
        done = subprocess.run(command, input=put, capture_output=True, text=True)
        if done.returncode:
            raise Failed(f"sftp ended with {done.returncode}: {done.stderr.strip()}")
        return time.monotonic() - began
