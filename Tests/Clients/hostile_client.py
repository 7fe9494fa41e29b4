"""A client that breaks the native protocol, one way a call.

    hostile_client.py HOST:PORT CASE

Prints one line of JSON: the reason of the refusal that ended the connection, or how else it ended.
"""

import json
import socket
import struct
import sys

from native_client import ACCEPT, CONTENT, HELLO, OFFER, PING, RECEIPT, REFUSAL, Connection, Refused, text

WITHDRAW = 4
ID = bytes(range(16))
FAR = 2**64 - 1


def offer(tag=1, size=10, name="hostile", eager=0, transfer=ID):
    return struct.pack(">I16sQ", tag, transfer, size) + text(name) + bytes([eager])


def content(tag=1, offset=0, length=10, crc=0):
    return struct.pack(">IQII", tag, offset, length, crc)


def frames(connection, *messages):
    connection.send(b"".join(Connection.frame(kind, payload) for kind, payload in messages))


CASES = {
    "far offset": lambda c: frames(c, (OFFER, offer(eager=1)), (CONTENT, content(offset=FAR))),
    "far size": lambda c: frames(c, (OFFER, offer(size=FAR))),
    "largest size": lambda c: frames(c, (OFFER, offer(size=2**63 - 1)), (CONTENT, content(offset=5))),
    "wrong offset": lambda c: c.send(
        Connection.frame(OFFER, offer(eager=1)) + Connection.frame(CONTENT, content(offset=3)) + bytes(10)
    ),
    "too much": lambda c: c.send(
        Connection.frame(OFFER, offer(eager=1)) + Connection.frame(CONTENT, content(length=11)) + bytes(11)
    ),
    "unasked": lambda c: frames(c, (CONTENT, content(tag=7))),
    "no content": lambda c: frames(c, (OFFER, offer(eager=1)), (CONTENT, content(length=0))),
    "huge piece": lambda c: frames(c, (OFFER, offer(eager=1)), (CONTENT, content(length=2**32 - 1))),
    "eager too large": lambda c: frames(c, (OFFER, offer(size=2**20, eager=1))),
    "tag zero": lambda c: frames(c, (OFFER, offer(tag=0))),
    "tag twice": lambda c: frames(c, (OFFER, offer(eager=1)), (OFFER, offer(eager=1))),
    "second hello": lambda c: frames(c, (HELLO, struct.pack(">H", 1) + text("again"))),
    "unknown type": lambda c: frames(c, (99, b"")),
    "huge frame": lambda c: c.send(struct.pack(">IB", 2**31, OFFER)),
    "damaged frame": lambda c: c.send(struct.pack(">IBI", 8, PING, 0x12345678) + bytes(8)),
    "short frame": lambda c: frames(c, (OFFER, b"\x00")),
    "long frame": lambda c: frames(c, (CONTENT, content() + b"x")),
    "forged words": lambda c: frames(
        c,
        (OFFER, offer()),
        (WITHDRAW, struct.pack(">I", 1) + text("x client=10.0.0.1 name=\x1b[31mbackup.tar\x9b")),
        (PING, bytes(8)),
    ),
    "too many offers": lambda c: frames(
        c, *[(OFFER, offer(tag=n, eager=1, transfer=struct.pack(">16x")[:12] + struct.pack(">I", n))) for n in range(1, 1100)]
    ),
}


def outcome(connection):
    """The last word of the receiver, answers to single transfers passed over."""
    try:
        while True:
            kind, payload = connection.receive()
            if kind == REFUSAL and payload[:4] == bytes(4):
                return {"refused": Refused(payload).reason}
            if kind not in (REFUSAL, ACCEPT, RECEIPT):
                return {"message": kind}
            if kind == REFUSAL:
                return {"transfer refused": Refused(payload).reason}
    except (SystemExit, ConnectionError, socket.timeout) as end:
        return {"ended": str(end)}


connection = Connection(sys.argv[1])
try:
    CASES[sys.argv[2]](connection)
except ConnectionError:
    pass  # refused while it was still being sent
connection.socket.settimeout(20)
print(json.dumps(outcome(connection)))
