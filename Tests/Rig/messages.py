"""Messages of the native protocol, written from docs/protocol.md with the standard library only."""

import secrets
import struct

from Rig.frames import CONTENT, Message, crc32c, frame

HISTORY, STATS, HEALTH = 1, 2, 3  # the kinds of questions
EARLIEST, LATEST = -(2**63), 2**63 - 1
RECEIPT_END = struct.Struct(">Q32sqqBB")  # size, SHA-256, started, published, durability, repeated
NEVER = 0xFFFFFFFF  # as the time after which a client may try again
ALL_STATES = b"\x03"


def text(value):
    """Returns a text with its length."""
    data = value.encode()
    return struct.pack(">H", len(data)) + data


def take_text(payload, at):
    """Returns the text at this place of a payload, and the place behind it."""
    (length,) = struct.unpack_from(">H", payload, at)
    end = at + 2 + length
    return payload[at + 2 : end].decode(), end


def hello(version=1, agent="native_client.py"):
    return frame(Message.HELLO, struct.pack(">H", version) + text(agent))


def offer(tag, name, size, transfer=None, eager=False):
    """Offers a file, under a new id if none is given."""
    start = struct.pack(">I16sQ", tag, transfer or secrets.token_bytes(16), size)
    return frame(Message.OFFER, start + text(name) + bytes([eager]))


def content(tag, offset, piece, damage=0):
    """A piece of content behind its frame. A `damage` other than 0 makes its checksum wrong."""
    return content_header(tag, offset, len(piece), crc32c(piece) ^ damage) + piece


def content_header(tag, offset, length, checksum=0):
    return frame(Message.CONTENT, CONTENT.pack(tag, offset, length, checksum))


def withdraw(tag, why):
    return frame(Message.WITHDRAW, struct.pack(">I", tag) + text(why))


def ping(token=bytes(8)):
    return frame(Message.PING, token)


def ask(tag, kind, fields=b""):
    return frame(Message.ASK, struct.pack(">IB", tag, kind) + fields)


def ask_history(tag, name="", limit=0):
    """Asks for the rows of all clients and times, by a pattern of names."""
    span = struct.pack(">Iqq", limit, EARLIEST, LATEST)
    return ask(tag, HISTORY, span + text("") + text(name) + ALL_STATES)


class Refused(Exception):
    """A refusal, as it came."""

    def __init__(self, payload):
        self.tag, self.reason, after = struct.unpack_from(">IHI", payload)
        self.retry_after = None if after == NEVER else after
        self.sentence, _ = take_text(payload, 10)


def receipt(payload):
    """Returns a receipt as the object that clients print."""
    name, end = take_text(payload, 20)
    size, digest, started, published, durability, repeated = RECEIPT_END.unpack_from(payload, end)
    following = attributes(payload[end + RECEIPT_END.size :]).get(1, b"")
    return {
        "status": "received",
        "id": payload[4:20].hex(),
        "name": name,
        "size": size,
        "sha256": digest.hex(),
        "seconds": (published - started) / 1e6,
        "durability": durability,
        "repeated": bool(repeated),
        "standing": ("new", "there", "removed")[repeated],
        "next": following.hex() or None,
    }


def row(payload):
    """Returns the name, size, status and digest of a row of the history; the digest is None without one."""
    _, at = take_text(payload, 4 + 8 + 16)
    name, at = take_text(payload, at)
    size, _, _, _, status = struct.unpack_from(">qqqqB", payload, at)
    _, at = take_text(payload, at + 33)
    _, at = take_text(payload, at)
    digest = payload[at + 1 : at + 33] if payload[at] else None
    return {"name": name, "size": size, "status": status, "sha256": digest}


def attributes(data):
    """Returns the attributes at the end of a message, by their numbers."""
    values = {}
    while data:
        number, length = struct.unpack_from(">BH", data)
        values[number] = data[3 : 3 + length]
        data = data[3 + length :]
    return values
