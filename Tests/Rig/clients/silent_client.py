"""Sends some bytes, then waits for the end of the connection.

silent_client.py HOST:PORT HEX
"""

import sys

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig.ports import connect


def main():
    connection = connect(sys.argv[1])
    connection.sendall(bytes.fromhex(sys.argv[2]))
    connection.settimeout(30)
    while connection.recv(100):
        pass


if __name__ == "__main__":
    main()
