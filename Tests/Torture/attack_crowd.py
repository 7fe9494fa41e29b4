"""The connections of one attacker, in a process of its own."""

import multiprocessing
import os
import resource
import selectors
import socket
import ssl
import threading
import time

from Rig import libssl
from Rig.ports import connect, endpoint
from Torture.attack_kinds import KeyUpdates, Peer

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
# ip(7): a port is chosen at the connect, so that one port serves connections of several addresses.
BIND_ADDRESS_NO_PORT = 24
CONVERSATIONS = 8  # of an attacker that asks for new keys


class Crowd:
    """Keeps so many connections open. A lost one is opened again, `rate` a second at most."""

    def __init__(self, attack, address, sources, options, counts):
        self.attack, self.target, self.sources = attack, endpoint(address), sources
        self.wanted, self.rate = options.connections, options.rate if attack.holds else options.fast
        self.selector, self.open, self.counts = selectors.DefaultSelector(), set(), counts

    def run(self, ready):
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
        for _ in range(self.wanted):
            self._connect()
            self._take_events(0)
        ready.set()
        ticked = refilled = time.monotonic()
        allowed = 0
        while True:
            self._take_events(0.01)
            now = time.monotonic()
            allowed = min(allowed + (now - refilled) * self.rate, self.rate / 10)
            refilled = now
            if now - ticked >= 1:
                ticked = now
                self._tick()
            while len(self.open) < self.wanted and allowed >= 1 and time.monotonic() - now < 0.05:
                self._connect()
                allowed -= 1

    def _connect(self):
        connection = socket.socket()
        connection.setblocking(False)
        try:
            connection.setsockopt(socket.IPPROTO_IP, BIND_ADDRESS_NO_PORT, 1)
            connection.bind((self.sources[self.counts[0] % len(self.sources)], 0))
            connection.connect_ex(self.target)
            peer = Peer(self.attack, connection)
            self.selector.register(connection, WRITE, peer)
            self.open.add(peer)
        except OSError:
            connection.close()
        self.counts[0] += 1

    def _take_events(self, seconds):
        for key, event in self.selector.select(seconds):
            peer = key.data
            if event & WRITE:
                self.selector.modify(peer.socket, READ, peer)
                self._let(peer, self.attack.begin, peer)
            elif event & READ:
                self._let(peer, self._receive, peer)

    def _receive(self, peer):
        try:
            data = peer.socket.recv(1 << 14)
        except BlockingIOError:
            return
        if data:
            self.attack.take(peer, data)
        else:
            peer.has_left = True

    def _tick(self):
        for peer in list(self.open):
            self._let(peer, self.attack.tick, peer)

    def _let(self, peer, act, *arguments):
        """Lets a connection act. It is over if that fails."""
        try:
            act(*arguments)
            is_over = peer.has_left
        except (OSError, ssl.SSLError):
            is_over = True
        if is_over:
            self.selector.unregister(peer.socket)
            self.open.discard(peer)
            peer.socket.close()


class Conversations:
    """Holds a few conversations at once, each in a thread, and floods each of them."""

    def __init__(self, attack, address, sources, options, counts):
        self.attack, self.address, self.sources, self.counts = attack, address, sources, counts

    def run(self, ready):
        threads = [
            threading.Thread(target=self._converse, args=(number,), daemon=True)
            for number in range(CONVERSATIONS)
        ]
        for thread in threads:
            thread.start()
        ready.set()
        for thread in threads:
            thread.join()

    def _converse(self, number):
        while True:
            try:
                connection = connect(self.address, 10, self.sources[number % len(self.sources)])
                connection.settimeout(None)  # OpenSSL uses the descriptor
                client = libssl.Client(connection, self.attack.home)
                client.sendall(self.attack.greeting)
                self._flood(client)
            except OSError:
                time.sleep(0.1)

    def _flood(self, client):
        try:
            while True:
                for _ in range(self.attack.batch):
                    client.request_key_update()
                    self.counts[0] += 1
                client.sendall(self.attack.message)
                client.drain()
        finally:
            client.close()


def _run(attack, address, sources, options, counts, ready):
    os.nice(options.nice)
    kind = Conversations if isinstance(attack, KeyUpdates) else Crowd
    kind(attack, address, sources, options, counts).run(ready)


class Attacker:
    """A process with one attack, in a `with` block."""

    def __init__(self, attack, address, sources, options):
        self._ready, self._counts = multiprocessing.Event(), multiprocessing.Array("q", 1, lock=False)
        self._process = multiprocessing.Process(
            target=_run, args=(attack, address, sources, options, self._counts, self._ready), daemon=True
        )

    def __enter__(self):
        self._process.start()
        self._ready.wait()
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.join()

    @property
    def pid(self):
        return self._process.pid

    @property
    def tries(self):
        """The connections that it has tried to open, or the new keys that it has asked for."""
        return self._counts[0]
