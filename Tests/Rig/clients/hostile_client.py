"""A client that breaks the native protocol, in one way at each call.

    hostile_client.py HOST:PORT CASE

Prints one line of JSON: the reason of the refusal that ended the connection, or how else it ended.
"""

import json
import socket
import struct
import sys

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig import messages
from Rig.frames import CONTENT, HEADER, Message, frame
from Rig.messages import Refused, hello, ping, withdraw
from Rig.native import Connection

ID = bytes(range(16))
FAR = 2**64 - 1


def offer(tag=1, size=10, eager=False, transfer=ID):
    return messages.offer(tag, "hostile", size, transfer, eager)


def content(tag=1, offset=0, length=10):
    return messages.content_header(tag, offset, length)


# The messages of each case; content follows its frame as zeros.
CASES = {
    "far offset": [offer(eager=True), content(offset=FAR)],
    "far size": [offer(size=FAR)],
    "largest size": [offer(size=2**63 - 1), content(offset=5)],
    "largest size alone": [offer(size=2**63 - 1)],
    "wrong offset": [offer(eager=True), content(offset=3), bytes(10)],
    "too much": [offer(eager=True), content(length=11), bytes(11)],
    "unasked": [content(tag=7)],
    "no content": [offer(eager=True), content(length=0)],
    "huge piece": [offer(eager=True), content(length=2**32 - 1)],
    "eager too large": [offer(size=2**20, eager=True)],
    "tag zero": [offer(tag=0)],
    "tag twice": [offer(eager=True), offer(eager=True)],
    "second hello": [hello(agent="again")],
    "unknown type": [frame(99, b"")],
    "huge frame": [struct.pack(">IB", 2**31, Message.OFFER)],
    "damaged frame": [HEADER.pack(8, Message.PING, 0x12345678) + bytes(8)],
    "short frame": [frame(Message.OFFER, b"\x00")],
    "long frame": [frame(Message.CONTENT, CONTENT.pack(1, 0, 10, 0) + b"x")],
    "forged words": [offer(), withdraw(1, "x client=10.0.0.1 name=\x1b[31mbackup.tar\x9b"), ping()],
    "too many offers": [offer(tag=n, eager=True, transfer=n.to_bytes(16, "big")) for n in range(1, 1100)],
}


def outcome(connection):
    """Returns the last word of the receiver. Answers to single transfers are passed over."""
    try:
        while True:
            kind, payload = connection.receive()
            if kind == Message.REFUSAL and payload[:4] == bytes(4):
                return {"refused": Refused(payload).reason}
            if kind not in (Message.REFUSAL, Message.ACCEPT, Message.RECEIPT):
                return {"message": kind}
            if kind == Message.REFUSAL:
                return {"transfer refused": Refused(payload).reason}
    except (SystemExit, ConnectionError, socket.timeout) as end:
        return {"ended": str(end)}


def main():
    connection = Connection(sys.argv[1])
    try:
        connection.send(*CASES[sys.argv[2]])
    except ConnectionError:
        pass  # refused while it was still being sent
    connection.socket.settimeout(20)
    print(json.dumps(outcome(connection)))


if __name__ == "__main__":
    main()
