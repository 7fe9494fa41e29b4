"""Connects as often as it is told, from one address, and closes each connection at once. Prints how many
connections there were.

flooding_client.py HOST:PORT COUNT SOURCE
"""

import json
import socket
import struct
import sys

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig.ports import endpoint

# A reset leaves no port of this machine in TIME-WAIT (socket(7), SO_LINGER).
RESET = struct.pack("ii", 1, 0)


def main():
    target = endpoint(sys.argv[1])
    made = 0
    for _ in range(int(sys.argv[2])):
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            client.bind((sys.argv[3], 0))
            try:
                client.connect(target)
                made += 1
            except OSError:
                pass
    print(json.dumps({"connections": made}))


if __name__ == "__main__":
    main()
