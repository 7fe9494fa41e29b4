"""Which bytes of a connection are control messages, and of which message: what docs/protocol.md says
of frames, and no more.
"""

import struct

MAGIC = 4
HEADER = 9  # length, type, checksum
CONTENT = 3
TYPES = {
    1: "hello", 2: "offer", 3: "content", 4: "withdraw", 5: "ping", 6: "ask",
    129: "welcome", 130: "accept", 131: "receipt", 132: "refusal", 133: "pong",
}  # fmt: skip
LENGTH_IN_CONTENT = HEADER + 12  # behind tag and offset


class Stream:
    """Follows one direction of a connection, as it was sent, before a fault touches it."""

    def __init__(self):
        self.frames = []  # (offset, name of the message, bytes)
        self.end = 0
        self._at = MAGIC
        self._pending = bytearray()
        self._passed_magic = False
        self._content = 0

    def feed(self, block):
        self.end += len(block)
        self._pending += block
        while self._drop_content() and self._take_frame():
            pass

    def _drop_content(self):
        """True where the next byte is one of a frame."""
        if not self._passed_magic:
            if len(self._pending) < MAGIC:
                return False
            del self._pending[:MAGIC]
            self._passed_magic = True
        count = min(self._content, len(self._pending))
        del self._pending[:count]
        self._content -= count
        self._at += count
        return self._content == 0

    def _take_frame(self):
        if len(self._pending) < HEADER:
            return False
        length, kind = struct.unpack_from(">IB", self._pending)
        if len(self._pending) < HEADER + length:
            return False
        if kind == CONTENT:
            (self._content,) = struct.unpack_from(">I", self._pending, LENGTH_IN_CONTENT)
        self.frames.append((self._at, TYPES.get(kind, str(kind)), HEADER + length))
        del self._pending[: HEADER + length]
        self._at += HEADER + length
        return True

    def control_offsets(self):
        """Every offset of a control byte, and the one behind the last of each message."""
        offsets = set(range(MAGIC + 1))
        for start, _, count in self.frames:
            offsets.update(range(start, start + count + 1))
        return sorted(offsets)

    def place(self, offset):
        """Message and field that hold the byte, as `offer payload`."""
        if offset < MAGIC:
            return "magic"
        for start, name, count in self.frames:
            if start <= offset < start + count:
                return f"{name} {field(offset - start)}"
        # What is behind the last whole frame and no content is a frame that never became whole.
        return "content" if offset < self._at + self._content else "unknown"


def field(offset):
    if offset < 4:
        return "length"
    return "type" if offset == 4 else "checksum" if offset < HEADER else "payload"
