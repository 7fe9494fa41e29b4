"""Resumes a transfer while a test holds up its verification, and lets it go when the receiver has said three
times that it works. Meanwhile it holds another transfer, and offers that on a second connection.

    verifying_client.py HOST:PORT FILE NAME ID GO

GO is the file that ends the hold. Prints one line of JSON.
"""

import json
import struct
import sys

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig.frames import Message
from Rig.messages import Refused, content, offer, ping, receipt
from Rig.native import Connection

PIECE = 1 << 20
OTHER_SIZE = 5_000_000


class Watching(Connection):
    """Looks at every message, those that say that the receiver works included."""

    def until(self, wanted):
        while (message := self.receive_any())[0] != wanted:
            pass
        return message[1]


def send_rest(connection, file, offset):
    for at in range(offset, len(file), PIECE):
        connection.send(content(1, at, file[at : at + PIECE]))


def offer_elsewhere(address, transfer, name):
    """Offers the transfer that the first connection holds. Returns the reason of the refusal."""
    connection = Watching(address, version=2)
    connection.send(offer(1, name, OTHER_SIZE, transfer))
    kind, payload = connection.receive_any()
    return Refused(payload).reason if kind == Message.REFUSAL else kind


def main():
    address, path, name, transfer, go = sys.argv[1:]
    with open(path, "rb") as opened:
        file = opened.read()
    connection = Watching(address, version=2)
    # The hexadecimal digits turned round.
    other, transfer = bytes.fromhex(transfer[::-1]), bytes.fromhex(transfer)
    connection.send(offer(2, name + "-other", OTHER_SIZE, other))
    connection.until(Message.ACCEPT)
    connection.send(offer(1, name, len(file), transfer))
    _, offset = struct.unpack(">IQ", connection.until(Message.ACCEPT))
    send_rest(connection, file, offset)
    seen = [struct.unpack(">IQQ", connection.until(Message.WORKING)) for _ in range(3)]
    connection.send(ping(b"answered"))
    pong = connection.until(Message.PONG)
    elsewhere = offer_elsewhere(address, other, name + "-other")
    open(go, "w").close()
    received = receipt(connection.until(Message.RECEIPT))
    told = [{"tag": tag, "done": done, "total": total} for tag, done, total in seen]
    received |= {"resumed_at": offset, "working": told, "pong": pong.decode(), "elsewhere": elsewhere}
    print(json.dumps(received))


if __name__ == "__main__":
    main()
