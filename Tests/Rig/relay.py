"""A TCP relay on loopback, between senders and a receiver."""

import select
import socket
import threading

from Rig.ports import address_of, endpoint


class Relay:
    """Listens for senders. Each connection becomes a passage, which a subclass makes with `passage`."""

    def __init__(self, target, host="127.0.0.1"):
        self.target = endpoint(target)
        self.passages = []
        self.listener = socket.create_server((host, 0), backlog=16)
        self.address = address_of(self.listener)
        self.thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)  # wakes the thread; close alone does not
        self.thread.join()
        self.listener.close()

    def _accept(self):
        while True:
            try:
                sender, _ = self.listener.accept()
            except OSError:
                return
            self.passages.append(self.passage(sender))
            self.passages[-1].start()

    def passage(self, sender):
        return Passage(sender, self.target)


class Passage(threading.Thread):
    """One connection through a relay. One thread carries both ways, so that a subclass can act at an exact
    byte while nothing passes."""

    def __init__(self, sender, target):
        super().__init__(daemon=True)
        self.sender, self.target = sender, target
        self.receiver = None
        self.open = []  # the sides that may still send

    def run(self):
        try:
            self.receiver = socket.create_connection(self.target, timeout=self.timeout)
        except OSError:
            return self.sender.close()
        self.open = [self.sender, self.receiver]
        try:
            for side in self.open:
                side.settimeout(self.timeout)
                side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._carry_all()
        except OSError:
            self.break_off()
        finally:
            self.sender.close()
            self.receiver.close()

    def _carry_all(self):
        while self.open:
            ready, _, _ = select.select(self.open, [], [], self.patience)
            if not ready:
                return self.give_up()
            for source in ready:
                if source in self.open and not self._carry(source):
                    return

    def _carry(self, source):
        block = source.recv(self.block)
        if block:
            return self.pass_on(source, block)
        self.open.remove(source)
        goes_on = self.ended(source)
        self.other(source).shutdown(socket.SHUT_WR)
        return goes_on

    def other(self, side):
        return self.receiver if side is self.sender else self.sender

    # A subclass changes these.

    block = 1 << 20  # the most bytes that pass at once
    timeout = 20  # seconds that one side may take to connect or to take a block
    patience = None  # seconds without a byte until the relay gives up

    def pass_on(self, source, block):
        """Passes on what one side sends. Returns true if the connection goes on."""
        self.other(source).sendall(block)
        return True

    def ended(self, source):
        """One side sends no more. Returns true if the connection goes on."""
        return True

    def break_off(self):
        """One side is lost."""

    def give_up(self):
        """Nothing has come for too long."""
