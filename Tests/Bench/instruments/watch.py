"""Sees the content pass: a relay in front of the receiver that notes the time when a sender connected, and
when the first byte of content came from it."""

import threading
import time

from Rig.frames import CONTENT, HEADER, Message, Splitter
from Rig.relay import Passage, Relay


class Watch(Relay):
    """Relays one connection after the other to a port; `passages` are those that were. With `hold` no
    content goes on, so that the receiver has what it had before."""

    def __init__(self, port):
        super().__init__(f"127.0.0.1:{port}")
        self.hold = False

    @property
    def port(self):
        return self.listener.getsockname()[1]

    def passage(self, sender):
        return WatchedPassage(sender, self.target, self.hold)


class WatchedPassage(Passage):
    timeout = None

    def __init__(self, sender, target, hold):
        super().__init__(sender, target)
        self.hold = hold
        self.connected = time.monotonic()
        self.first_content = self.offset = None
        self.flowing = threading.Event()
        self._splitter = Splitter()
        self._seen, self._begin = 0, None  # where the first content begins

    def pass_on(self, source, block):
        if source is self.sender and not self.flowing.is_set():
            self._look(block, time.monotonic())
        if self.hold and self.flowing.is_set():
            return True
        return super().pass_on(source, block)

    def _look(self, block, at):
        """Looks for the first byte of content, which follows its frame."""
        self._seen += len(block)
        for start, kind, payload in self._splitter.feed(block):
            if kind == Message.CONTENT and self._begin is None:
                self._begin = start + HEADER.size + len(payload)
                _, self.offset, _, _ = CONTENT.unpack(payload)
        if self._begin is not None and self._seen > self._begin:
            self.first_content = at
            self.flowing.set()
