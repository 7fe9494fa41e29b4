"""Resumes a transfer whose verification a test holds up, and lets it go when the receiver has said three times
that it works. Meanwhile it holds another transfer, and offers that on a second connection.

    verifying_client.py HOST:PORT FILE NAME ID GO

GO is the file that ends the hold. Prints one line of JSON.
"""

import json
import struct
import sys

from native_client import (
    ACCEPT, CONTENT, OFFER, PING, PONG, RECEIPT, REFUSAL, WORKING, Connection, Refused, crc32c, parse_receipt, text,
)  # fmt: skip

PIECE = 1 << 20
OTHER_SIZE = 5_000_000


class Watching(Connection):
    """Tells of every message, those that say that the receiver works included."""

    def receive(self):
        header = self.exactly(9)
        length, kind, _ = struct.unpack(">IBI", header)
        return kind, self.exactly(length)

    def until(self, wanted):
        while (message := self.receive())[0] != wanted:
            pass
        return message[1]


def send_rest(connection, content, offset):
    for at in range(offset, len(content), PIECE):
        piece = content[at : at + PIECE]
        header = struct.pack(">IQII", 1, at, len(piece), crc32c(piece))
        connection.send(connection.frame(CONTENT, header) + piece)


def offer(connection, tag, transfer, size, name):
    body = struct.pack(">I16sQ", tag, bytes.fromhex(transfer), size) + text(name) + b"\x00"
    connection.send(connection.frame(OFFER, body))


def offer_elsewhere(address, transfer, name):
    """Offers what the first connection holds and sends later. Returns the reason of the refusal."""
    connection = Watching(address, version=2)
    offer(connection, 1, transfer, OTHER_SIZE, name)
    kind, payload = connection.receive()
    return Refused(payload).reason if kind == REFUSAL else kind


def main():
    address, path, name, transfer, go = sys.argv[1:]
    with open(path, "rb") as file:
        content = file.read()
    connection = Watching(address, version=2)
    other = transfer[::-1]
    offer(connection, 2, other, OTHER_SIZE, name + "-other")
    connection.until(ACCEPT)
    offer(connection, 1, transfer, len(content), name)
    _, offset = struct.unpack(">IQ", connection.until(ACCEPT))
    send_rest(connection, content, offset)
    seen = [struct.unpack(">IQQ", connection.until(WORKING)) for _ in range(3)]
    connection.send(connection.frame(PING, b"answered"))
    pong = connection.until(PONG)
    elsewhere = offer_elsewhere(address, other, name + "-other")
    open(go, "w").close()
    receipt = parse_receipt(connection.until(RECEIPT))
    told = [{"tag": tag, "done": done, "total": total} for tag, done, total in seen]
    receipt |= {"resumed_at": offset, "working": told, "pong": pong.decode(), "elsewhere": elsewhere}
    print(json.dumps(receipt))


if __name__ == "__main__":
    main()
