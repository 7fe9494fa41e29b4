"""Connects, waits for a line of input, and only then begins the TLS handshake and sends a file.

    early_connection.py HOST:PORT IDENTITY FILE

IDENTITY is a directory with key.pem and certificate.pem. Prints a line of JSON when it is connected and its first
byte was sent, and one with the end of the transfer.
"""

import json
import os
import sys

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig import messages
from Rig.frames import MAGIC, Message
from Rig.messages import Refused
from Rig.native import Connection
from Rig.ports import connect
from Rig.tls import Client


class EarlyConnection(Connection):
    def __init__(self, address, identity):
        """Sends a part of the first TLS message, so that the session is at work, and waits."""
        self.socket = Client(connect(address, 30), identity)
        self.socket.begin(1)
        print(json.dumps({"status": "connected"}), flush=True)
        sys.stdin.readline()
        self.socket.finish()

    def greet(self):
        self.send(MAGIC + messages.hello())
        self.exactly(len(MAGIC))
        self.expect(Message.WELCOME)


def main():
    address, identity, path = sys.argv[1:]
    try:
        connection = EarlyConnection(address, identity)
        connection.greet()
        connection.send(messages.offer(1, "f", os.path.getsize(path)))
        connection.expect(Message.ACCEPT)
        result = {"status": "accepted"}
    except Refused as refused:
        result = {"status": "refused", "reason": refused.reason, "sentence": refused.sentence}
    except (SystemExit, OSError) as error:
        result = {"status": "lost", "error": str(error)}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
