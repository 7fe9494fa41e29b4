"""Connects as often as it is told, from four addresses, sends some bytes and waits for the end of each connection.

    failing_strangers.py HOST:PORT HEX COUNT
"""

import sys

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig.ports import connect


def main():
    for number in range(int(sys.argv[3])):
        with connect(sys.argv[1], 30, f"127.0.1.{number % 4 + 1}") as connection:
            connection.sendall(bytes.fromhex(sys.argv[2]))
            try:
                while connection.recv(100):
                    pass
            except ConnectionResetError:
                pass


if __name__ == "__main__":
    main()
