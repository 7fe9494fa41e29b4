"""The control messages of a connection, as they are sent: which bytes they are, and of which message."""

from Rig.frames import HEADER, MAGIC, NAMES, Splitter


class Stream:
    """Follows one direction of a connection, as it was sent, before a fault touches it."""

    def __init__(self):
        self.frames = []
        self.end = 0
        self._splitter = Splitter()

    def feed(self, block):
        self.end += len(block)
        self.frames += self._splitter.feed(block)

    def control_offsets(self):
        """Returns every offset of a control byte, and the one behind the last of each message."""
        offsets = set(range(len(MAGIC) + 1))
        for frame in self.frames:
            offsets.update(range(frame.start, frame.end + 1))
        return sorted(offsets)

    def place(self, offset):
        """Returns the message and the field that hold the byte, as `offer payload`."""
        if offset < len(MAGIC):
            return "magic"
        for frame in self.frames:
            if frame.start <= offset < frame.end:
                return f"{NAMES.get(frame.kind, str(frame.kind))} {field(offset - frame.start)}"
        # A byte behind the last whole frame that is no content belongs to a frame that never became whole.
        return "content" if offset < self._splitter.at + self._splitter.content else "unknown"


def field(offset):
    if offset < 4:
        return "length"
    return "type" if offset == 4 else "checksum" if offset < HEADER.size else "payload"
