"""Sends a classic header byte by byte and prints the reply.

trickling_header.py HOST:PORT
"""

import select
import socket
import sys

host, port = sys.argv[1].split(":")
s = socket.create_connection((host, int(port)))
for byte in b"a" * 200:
    s.sendall(bytes([byte]))
    if select.select([s], [], [], 0.1)[0]:
        break
print(s.recv(2).decode())
