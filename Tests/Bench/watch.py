"""Sees the content pass: a relay in front of the receiver that notes when a sender connected, and when
the first byte of content came from it."""

import select
import socket
import threading
import time

from processes import HERE  # noqa: F401: finds Tests/Torture
from frames import HEADER, CONTENT, MAGIC

BLOCK = 1 << 20


class Watch:
    """Relays one connection after the other to a port; `passages` are those that were. With `hold` no
    content goes on, so that the receiver has what it had before."""

    def __init__(self, port):
        self.target, self.hold = port, False
        self.passages = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                sender, _ = self.listener.accept()
            except OSError:
                return
            passage = Passage(sender, self.target, self.hold)
            self.passages.append(passage)
            passage.start()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


class Passage(threading.Thread):
    def __init__(self, sender, port, hold):
        super().__init__(daemon=True)
        self.hold = hold
        self.connected = time.monotonic()
        self.first_content = self.offset = None
        self.flowing = threading.Event()
        self.said = bytearray()
        self.sides = {sender: socket.create_connection(("127.0.0.1", port))}
        self.sides |= {other: side for side, other in self.sides.items()}
        self.sender = sender
        for side in self.sides:
            side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def run(self):
        open_sides = list(self.sides)
        try:
            while open_sides:
                for side in select.select(open_sides, [], [])[0]:
                    block = side.recv(BLOCK)
                    if not block:
                        open_sides.remove(side)
                        self.sides[side].shutdown(socket.SHUT_WR)
                    elif side is self.sender and not self.flowing.is_set():
                        self._look(block, time.monotonic())
                    if not (self.hold and self.flowing.is_set()):
                        self.sides[side].sendall(block)
        except OSError:
            pass
        for side in self.sides:
            side.close()

    def _look(self, block, at):
        """Looks through the frames of the sender for the first content, which stands raw behind its
        frame; until there is one, all that it says is frames."""
        self.said += block
        place = MAGIC
        while len(self.said) >= place + HEADER:
            length, kind = int.from_bytes(self.said[place : place + 4]), self.said[place + 4]
            payload = place + HEADER
            if len(self.said) <= payload + length:
                return
            if kind == CONTENT:
                self.offset = int.from_bytes(self.said[payload + 4 : payload + 12])
                self.first_content = at
                return self.flowing.set()
            place = payload + length
