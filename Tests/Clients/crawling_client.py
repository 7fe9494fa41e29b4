"""Sends content a byte at a time until the receiver ends the connection.

crawling_client.py HOST:PORT
"""

import socket
import struct
import sys
import time

host, port = sys.argv[1].split(":")
s = socket.create_connection((host, int(port)))
s.sendall(b"crawl" + bytes(251) + struct.pack("<i", 1000))
s.settimeout(0.2)
answer = b""
while len(answer) < 2:
    answer += s.recv(2)
for _ in range(1000):
    try:
        s.sendall(b"x")
        if not s.recv(1):
            break
    except socket.timeout:
        continue
    except (ConnectionResetError, BrokenPipeError):
        break
else:
    sys.exit("all of it was waited for")
print("given up")
