"""Opens more HTTP connections than one address may have.

many_connections.py HOST:PORT
"""

import sys

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig.ports import connect


def main():
    clients = [connect(sys.argv[1], 20) for _ in range(65)]
    print(len(clients[64].recv(1)))
    clients[0].sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    print(clients[0].recv(15).decode())


if __name__ == "__main__":
    main()
