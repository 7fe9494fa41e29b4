"""Offers files and sends nothing of them.

    offering_client.py HOST:PORT withdrawn COUNT   offers and withdraws, one after the other
    offering_client.py HOST:PORT left COUNT        offers and ends the connection

Prints one line of JSON: how many offers were accepted.
"""

import json
import sys

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig import messages
from Rig.frames import Message
from Rig.native import Connection


def main():
    connection, way, count = Connection(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    for tag in range(1, count + 1):
        connection.send(messages.offer(tag, f"offered {tag}", 1 << 20))
        connection.expect(Message.ACCEPT)
        if way == "withdrawn":
            connection.send(messages.withdraw(tag, "changed my mind"))
    print(json.dumps({"accepted": count}))


if __name__ == "__main__":
    main()
