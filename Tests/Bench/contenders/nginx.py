"""nginx taking WebDAV PUT from curl: no integrity, no sync."""

import os
import urllib.parse

from Bench.contenders.contender import Contender
from Bench.instruments import timing
from Bench.instruments.servers import Server
from Rig.ports import free_port


CONFIGURATION = """\
daemon off;
{user}
worker_processes 2;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_max_body_size 0;
  client_body_temp_path {directory}/incoming;
  proxy_temp_path {directory}/t1; fastcgi_temp_path {directory}/t2;
  uwsgi_temp_path {directory}/t3; scgi_temp_path {directory}/t4;
  keepalive_requests 1000000;
  server {{
    listen 127.0.0.1:{port};
    root {directory}/received;
    dav_methods PUT;
    create_full_put_path on;
  }}
}}
"""


class Nginx(Contender):
    """All files go over one connection, which curl keeps for all URLs of a configuration file."""

    label = "curl to nginx (PUT)"
    programs = ("nginx", "curl")

    def start(self, directory):
        super().start(directory)
        port = free_port()
        user = "user root;" if os.getuid() == 0 else ""
        text = CONFIGURATION.format(directory=directory, port=port, user=user)
        configuration = self.write("nginx.conf", text)
        command = ["nginx", "-e", self.path("error.log"), "-p", directory, "-c", configuration]
        self.server = Server(command, port, self.path("log"))

    def send(self, source):
        command = ["curl", "-sS", "--fail", "-K", self._list(source)]
        return timing.run(command, self.server, self.path("client.log"))

    def _list(self, source):
        lines = []
        for name in source.names:
            url = f"http://127.0.0.1:{self.server.port}/{urllib.parse.quote(name)}"
            lines += [f"upload-file = {quoted(source.path(name))}", f"url = {quoted(url)}"]
        return self.write("curl.conf", "\n".join(lines) + "\n")


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
