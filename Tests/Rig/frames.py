"""Frames of the native protocol, written from docs/protocol.md with the standard library only."""

import enum
import struct

MAGIC = b"\xffXFR"
HEADER = struct.Struct(">IBI")  # length of the payload, type, checksum
CONTENT = struct.Struct(">IQII")  # tag, offset, length, checksum; the content itself is outside the frame


class Message(enum.IntEnum):
    """The types of messages: of a client, and from 129 on of a receiver."""

    HELLO, OFFER, CONTENT, WITHDRAW, PING, ASK = range(1, 7)
    WELCOME, ACCEPT, RECEIPT, REFUSAL, PONG, ROW, PAGE, END, WORKING = range(129, 138)


NAMES = {message.value: message.name.lower() for message in Message}


def _crc_table():
    table = []
    for n in range(256):
        for _ in range(8):
            n = (n >> 1) ^ 0x82F63B78 if n & 1 else n >> 1
        table.append(n)
    return table


TABLE = _crc_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def frame(kind, payload):
    """Returns a message with its header."""
    checksum = crc32c(struct.pack(">IB", len(payload), kind) + payload)
    return HEADER.pack(len(payload), kind, checksum) + payload


class Splitter:
    """Cuts one direction of a connection into frames. It passes over content, and checks no checksum."""

    def __init__(self, skipped=len(MAGIC)):
        """`skipped` bytes come before the first frame."""
        self.at = 0  # the offset of the first byte of `_pending`
        self.content = skipped  # bytes that come before the next frame
        self._pending = bytearray()

    def feed(self, block):
        """Yields the frames that became whole with this block: the offset of the first byte, the type, the
        payload."""
        pending, content = self._pending, Message.CONTENT.value
        pending += block
        start, size = self._skip(0), len(pending)
        while (payload := start + HEADER.size) <= size:
            length, kind, _ = HEADER.unpack_from(pending, start)
            if (end := payload + length) > size:
                break
            yield self.at + start, kind, pending[payload:end]
            start = end
            if kind == content:
                self.content = CONTENT.unpack_from(pending, payload)[2]
                start = self._skip(end)
        del pending[:start]
        self.at += start

    def _skip(self, start):
        """Returns the place of the next frame, or the end of what is here."""
        count = min(self.content, len(self._pending) - start)
        self.content -= count
        return start + count
