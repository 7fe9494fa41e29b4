"""A bad link: a TCP proxy on loopback that does to each connection what its plan says."""

import select
import socket
import struct
import threading
import time

from damage import APPLY, TO_RECEIVER, TO_SENDER
from frames import Stream

# Of its own: on 127.0.0.1 the kernel may choose the port of another test's receiver that is down just
# then, and that one's sender would come back here.
ADDRESS = "127.0.77.1"
BLOCK = 64 * 1024
# A link on which a fault has done its work and nothing moves any more is cut in the end. Above the
# receiver's timeouts in these tests, so that it is the receiver's patience that is tested first.
PATIENCE = 4.0
NO_FAULT_PATIENCE = 150.0


class Link:
    """Listens for one sender; each of its connections takes the next fault of the plan."""

    def __init__(self, receiver, plan=()):
        host, port = receiver.rsplit(":", 1)
        self.receiver = (host.strip("[]"), int(port))
        self.plan = list(plan)
        self.passages = []
        self.listener = socket.create_server((ADDRESS, 0), backlog=16)
        self.address = f"{ADDRESS}:{self.listener.getsockname()[1]}"
        self.thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)  # wakes the thread; close alone does not
        self.thread.join()
        self.listener.close()
        for passage in self.passages:
            passage.join(PATIENCE + 4)

    def _accept(self):
        while True:
            try:
                sender, _ = self.listener.accept()
            except OSError:
                return
            fault = self.plan[len(self.passages)] if len(self.passages) < len(self.plan) else None
            self.passages.append(Passage(sender, self.receiver, fault))
            self.passages[-1].start()


class Passage(threading.Thread):
    """One connection through the link. One thread carries both ways, so that a cut is at an exact
    byte and nothing passes meanwhile."""

    def __init__(self, sender, receiver, fault):
        super().__init__(daemon=True)
        self.sender, self.fault = sender, fault
        self.address = receiver
        self.streams = {TO_RECEIVER: Stream(), TO_SENDER: Stream()}
        self.passed = {TO_RECEIVER: 0, TO_SENDER: 0}

    def run(self):
        try:
            self.receiver = socket.create_connection(self.address, timeout=20)
        except OSError:
            return self.sender.close()
        self.open = {self.sender: TO_RECEIVER, self.receiver: TO_SENDER}
        try:
            for side in self.open:
                side.settimeout(20)
                side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._carry_all()
        except OSError:
            self.reset()  # one side was reset: so is the other
        finally:
            self.sender.close()
            self.receiver.close()
            if self.fault and self.fault.applied:
                self.fault.place = self.streams[self.fault.way].place(self.fault.offset)

    def _carry_all(self):
        while self.open:
            patience = PATIENCE if self.fault and self.fault.applied else NO_FAULT_PATIENCE
            ready, _, _ = select.select(list(self.open), [], [], patience)
            if not ready:
                self._end("the proxy")
                return self.reset()
            for source in ready:
                if source in self.open and not self._carry(source):
                    return

    def _carry(self, source):
        """Passes on what one side says; false where the connection is over."""
        way = self.open[source]
        block = source.recv(BLOCK)
        if not block:
            self._end("a peer")
            del self.open[source]
            self.other(source).shutdown(socket.SHUT_WR)
            return not (self.fault and self.fault.kind == "stall" and self.fault.applied)
        self.streams[way].feed(block)
        at = self.passed[way]
        self.passed[way] += len(block)
        if self.fault and self.fault.way == way:
            return APPLY[self.fault.kind](self, self.fault, self.other(source), block, at)
        self.other(source).sendall(block)
        return True

    def other(self, side):
        return self.receiver if side is self.sender else self.sender

    def _end(self, who):
        if self.fault and self.fault.applied and not self.fault.ended_by:
            self.fault.ended_by = who

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
                if not side.recv(BLOCK):
                    waiting.remove(side)
