"""Accepts one connection, ends it, and is gone.

closing_server.py HOST:PORT
"""

import socket
import sys

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig.ports import endpoint


def main():
    with socket.create_server(endpoint(sys.argv[1])) as listener:
        listener.accept()[0].close()


if __name__ == "__main__":
    main()
