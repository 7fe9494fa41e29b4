"""Opens a connection as a client of TLS does.

tls_client.py HOST:PORT
"""

import socket
import sys

host, port = sys.argv[1].split(":")
s = socket.create_connection((host, int(port)))
s.sendall(bytes.fromhex("1603010200010001fc0303"))
s.recv(1)
