"""Sends some bytes, and then others without end, until the receiver takes no more or the time is over. Prints the number
of bytes that were taken.

    endless_stranger.py HOST:PORT HEX SECONDS
"""

import json
import sys
import time

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig.ports import connect


def main():
    connection = connect(sys.argv[1], 2)
    connection.sendall(bytes.fromhex(sys.argv[2]))
    end, taken, block = time.monotonic() + float(sys.argv[3]), 0, bytes(1 << 20)
    try:
        while time.monotonic() < end:
            taken += connection.send(block)
    except OSError:  # the receiver has ended the connection, or takes no more
        pass
    print(json.dumps({"bytes": taken}))


if __name__ == "__main__":
    main()
