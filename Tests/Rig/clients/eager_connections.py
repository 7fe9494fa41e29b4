"""Delivers files, each over a connection of its own, on which the greeting, the offer and the content are sent at once.

    eager_connections.py HOST:PORT COUNT BYTES [IDENTITY]

IDENTITY is a directory with key.pem and certificate.pem; with it, the connections are encrypted. Prints the number of
receipts.
"""

import json
import sys

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig import messages
from Rig.frames import MAGIC, Message
from Rig.native import Connection
from Rig.ports import connect
from Rig.tls import encrypted


class EagerConnection(Connection):
    def __init__(self, address, identity, name, content):
        self.socket = connect(address, 60)
        if identity:
            self.socket = encrypted(self.socket, identity)
        offer = messages.offer(1, name, len(content), eager=True)
        self.send(MAGIC, messages.hello(), offer, messages.content(1, 0, content))
        self.exactly(len(MAGIC))
        self.expect(Message.WELCOME)
        self.expect(Message.RECEIPT)
        self.socket.close()


def main():
    address, count, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    identity = sys.argv[4] if len(sys.argv) > 4 else None
    for number in range(count):
        EagerConnection(address, identity, f"eager-{number}", bytes(size))
    print(json.dumps({"receipts": count}))


if __name__ == "__main__":
    main()
