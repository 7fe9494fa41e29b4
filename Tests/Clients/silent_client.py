"""Sends some bytes, then waits for the end of the connection.

silent_client.py HOST:PORT HEX
"""

import socket
import sys

host, port = sys.argv[1].split(":")
s = socket.create_connection((host, int(port)))
s.sendall(bytes.fromhex(sys.argv[2]))
s.settimeout(30)
while s.recv(100):
    pass
