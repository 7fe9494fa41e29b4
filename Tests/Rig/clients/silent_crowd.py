"""Opens connections that say nothing, prints that it has, and holds them until it reads a line. Then it
prints how many the receiver has ended.

silent_crowd.py HOST:PORT COUNT ADDRESSES [HEX]

The connections come from 127.0.1.1 and the next ADDRESSES - 1 addresses, and begin with the bytes of HEX, or with
the first message of a TLS handshake if HEX is "handshake".
"""

import json
import sys

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig import tls
from Rig.ports import connect


def main():
    count, addresses = int(sys.argv[2]), int(sys.argv[3])
    start = sys.argv[4] if len(sys.argv) > 4 else ""
    crowd = []
    for number in range(count):
        client = connect(sys.argv[1], 60, f"127.0.1.{number % addresses + 1}")
        if start == "handshake":
            tls.Client(client).begin(16384)
        else:
            client.sendall(bytes.fromhex(start))
        crowd.append(client)
    print(json.dumps({"open": len(crowd)}), flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    main()
