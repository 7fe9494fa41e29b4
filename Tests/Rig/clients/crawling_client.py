"""Sends content a byte at a time until the receiver ends the connection.

crawling_client.py HOST:PORT
"""

import socket
import struct
import sys

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig.ports import connect


def offer(connection):
    """Sends a classic header and waits for the answer."""
    connection.sendall(b"crawl" + bytes(251) + struct.pack("<i", 1000))
    connection.settimeout(0.2)
    answer = b""
    while len(answer) < 2:
        answer += connection.recv(2)


def main():
    connection = connect(sys.argv[1])
    offer(connection)
    for _ in range(1000):
        try:
            connection.sendall(b"x")
            if not connection.recv(1):
                break
        except socket.timeout:
            continue
        except (ConnectionResetError, BrokenPipeError):
            break
    else:
        sys.exit("all of it was waited for")
    print("given up")


if __name__ == "__main__":
    main()
