"""Opens more HTTP connections than one address may have.

many_connections.py HOST:PORT
"""

import socket
import sys

host, port = sys.argv[1].rsplit(":", 1)
clients = [socket.create_connection((host, int(port)), 20) for _ in range(65)]
print(len(clients[64].recv(1)))
clients[0].sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
print(clients[0].recv(15).decode())
