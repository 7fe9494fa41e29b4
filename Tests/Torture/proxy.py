"""A bad link: a TCP proxy on loopback that does to each connection what its plan says."""

import select
import socket
import struct
import time

from Rig.relay import Passage, Relay
from Torture.damage import APPLY, TO_RECEIVER, TO_SENDER
from Torture.stream import Stream

# Of its own: on 127.0.0.1 the kernel may choose the port of another test's receiver that is down just
# then, and that one's sender would come back here.
ADDRESS = "127.0.77.1"
# A link on which a fault has done its work and nothing moves any more is cut in the end. Above the
# receiver's timeouts in these tests, so that it is the receiver's patience that is tested first.
PATIENCE = 4.0
NO_FAULT_PATIENCE = 150.0


class Link(Relay):
    """Listens for one sender; each of its connections takes the next fault of the plan."""

    def __init__(self, receiver, plan=()):
        super().__init__(receiver, ADDRESS)
        self.plan = list(plan)

    def __exit__(self, *_):
        super().__exit__()
        for passage in self.passages:
            passage.join(PATIENCE + 4)

    def passage(self, sender):
        number = len(self.passages)
        return FaultyPassage(sender, self.target, self.plan[number] if number < len(self.plan) else None)


class FaultyPassage(Passage):
    """One connection, with one fault or none."""

    block = 64 * 1024

    def __init__(self, sender, target, fault):
        super().__init__(sender, target)
        self.fault = fault
        self.streams = {TO_RECEIVER: Stream(), TO_SENDER: Stream()}

    def run(self):
        try:
            super().run()
        finally:
            if self.is_hit:
                self.fault.place = self.streams[self.fault.way].place(self.fault.offset)

    @property
    def is_hit(self):
        """True if the fault has done its work."""
        return self.fault is not None and self.fault.applied

    @property
    def patience(self):
        return PATIENCE if self.is_hit else NO_FAULT_PATIENCE

    def pass_on(self, source, block):
        way = TO_RECEIVER if source is self.sender else TO_SENDER
        at = self.streams[way].end
        self.streams[way].feed(block)
        if self.fault is not None and self.fault.way == way:
            return APPLY[self.fault.kind](self, self.fault, self.other(source), block, at)
        return super().pass_on(source, block)

    def ended(self, source):
        self._note_end("a peer")
        return not (self.is_hit and self.fault.kind == "stall")

    def give_up(self):
        self._note_end("the proxy")
        self.reset()

    def _note_end(self, side):
        if self.is_hit and not self.fault.ended_by:
            self.fault.ended_by = side

    def break_off(self):
        self.reset()  # one side was reset: so is the other

    def reset(self):
        for side in (self.sender, self.receiver):
            side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            side.close()

    def finish(self):
        """Ends both ways in good order: a socket closed with unread input would be reset."""
        for side in (self.sender, self.receiver):
            side.shutdown(socket.SHUT_WR)
        waiting, end = [self.sender, self.receiver], time.monotonic() + PATIENCE
        while waiting and time.monotonic() < end:
            for side in select.select(waiting, [], [], 0.2)[0]:
                if not side.recv(self.block):
                    waiting.remove(side)
