"""Opens connections as one enrolled client, each from an address of its own, until the receiver refuses one. Prints how
many are served, and the refusal, and holds them until it reads a line.

    many_sessions.py HOST:PORT IDENTITY MOST

IDENTITY is a directory with key.pem and certificate.pem. At most MOST connections are opened.
"""

import json
import sys

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig.messages import Refused
from Rig.native import Connection


def main():
    served, refusal = [], None
    for number in range(int(sys.argv[3])):
        try:
            served.append(Connection(sys.argv[1], f"127.0.2.{number + 1}", identity=sys.argv[2]))
        except Refused as refused:
            refusal = {"reason": refused.reason, "retry_after": refused.retry_after}
            break
    print(json.dumps({"served": len(served), "refusal": refusal}), flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    main()
