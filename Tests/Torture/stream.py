"""The control messages of a connection, as they are sent: which bytes they are, and of which message."""

from Rig.frames import HEADER, MAGIC, NAMES, Splitter


class Stream:
    """Follows one direction of a connection, as it was sent, before a fault touches it."""

    def __init__(self):
        self.frames = []  # (offset, type, bytes)
        self.end = 0
        self._splitter = Splitter()

    def feed(self, block):
        self.end += len(block)
        for start, kind, payload in self._splitter.feed(block):
            self.frames.append((start, kind, HEADER.size + len(payload)))

    def control_offsets(self):
        """Returns every offset of a control byte, and the one behind the last of each message."""
        offsets = set(range(len(MAGIC) + 1))
        for start, _, count in self.frames:
            offsets.update(range(start, start + count + 1))
        return sorted(offsets)

    def place(self, offset):
        """Returns the message and the field that hold the byte, as `offer payload`."""
        if offset < len(MAGIC):
            return "magic"
        for start, kind, count in self.frames:
            if start <= offset < start + count:
                return f"{NAMES.get(kind, str(kind))} {field(offset - start)}"
        # A byte behind the last whole frame that is no content belongs to a frame that never became whole.
        return "content" if offset < self._splitter.at + self._splitter.content else "unknown"


def field(offset):
    if offset < 4:
        return "length"
    return "type" if offset == 4 else "checksum" if offset < HEADER.size else "payload"
