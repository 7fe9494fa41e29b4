"""vsftpd, with curl, lftp or the bench's own client. Anonymous, in its mode with one process for each
connection: the fastest that it has."""

import os
import shutil

from Bench.contenders.classic import Connections
from Bench.contenders.contender import Contender
from Bench.instruments import timing
from Bench.instruments.servers import Server, find
from Rig.ports import free_port


CONFIGURATION = """\
listen=YES
listen_address=127.0.0.1
listen_port={port}
background=NO
anonymous_enable=YES
no_anon_password=YES
anon_root={directory}/root
anon_upload_enable=YES
anon_mkdir_write_enable=YES
anon_other_write_enable=YES
anon_umask=022
write_enable=YES
one_process_model=YES
seccomp_sandbox=NO
ftp_username={user}
nopriv_user={user}
pasv_address=127.0.0.1
max_clients=0
max_per_ip=0
xferlog_enable=NO
"""
USER = "ftp"  # of the Debian package; its home must exist


class Vsftpd(Contender):
    programs = ("vsftpd",)

    def missing(self):
        return super().missing() or (None if os.getuid() == 0 else "vsftpd must be started by root")

    def start(self, directory):
        super().start(directory)
        shutil.chown(self.received, USER)
        port = free_port()
        text = CONFIGURATION.format(port=port, directory=directory, user=USER)
        command = [find("vsftpd"), self.write("vsftpd.conf", text)]
        self.server = Server(command, port, self.path("log"))

    @property
    def received(self):
        return self.path("root", "up")

    @property
    def url(self):
        return f"ftp://127.0.0.1:{self.server.port}/up/"

    def clear(self):
        super().clear()
        shutil.chown(self.received, USER)

    def set_aside(self):
        super().set_aside()
        shutil.chown(self.received, USER)


class CurlToVsftpd(Vsftpd):
    label = "curl to vsftpd"
    programs = ("vsftpd", "curl")

    def send(self, source):
        files = ",".join(map(source.path, source.names))
        command = ["curl", "-sS", "--fail", "-T", files, self.url]
        return timing.run(command, self.server, self.path("client.log"))


class LftpToVsftpd(Vsftpd):
    label = "lftp mirror to vsftpd"
    programs = ("vsftpd", "lftp")

    def send(self, source):
        mirror = f"mirror -R --no-perms --parallel=1 {source.directory}/ /up/"
        script = f"set cmd:fail-exit yes; set ftp:use-utf8 no; open {self.url}; {mirror}; bye"
        return timing.run(["lftp", "-c", script], self.server, self.path("client.log"))


class VsftpdForEach(Vsftpd, Connections):
    """The bench's own client in C, because the start of a program for each file would be measured otherwise."""

    label = "vsftpd"
    client = "ftp"

    def missing(self):
        return Vsftpd.missing(self) or Connections.missing(self)

    def send(self, source):
        return self.send_to(self.server.port, source)
