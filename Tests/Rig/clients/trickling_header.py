"""Sends a classic header byte by byte and prints the reply.

trickling_header.py HOST:PORT
"""

import select
import sys

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig.ports import connect


def main():
    connection = connect(sys.argv[1])
    for byte in b"a" * 200:
        connection.sendall(bytes([byte]))
        if select.select([connection], [], [], 0.1)[0]:
            break
    print(connection.recv(2).decode())


if __name__ == "__main__":
    main()
