"""The attacks on time. Each is what one connection of an attacker does; `attack_crowd` holds many of them."""

import socket
import struct

from Rig.frames import MAGIC
from Rig.messages import hello, ping
from Rig.tls import Handshake, client_context

GREETING = MAGIC + hello(1)
# SO_LINGER with a time of zero: the connection is reset when it is closed (socket(7)).
RESET = struct.pack("ii", 1, 0)


class Peer:
    """One connection of an attacker."""

    def __init__(self, attack, connection):
        self.attack, self.socket, self.said, self.handshake = attack, connection, 0, None
        self.has_left = False

    def say(self, data):
        self.said += len(data)
        self.socket.send(data)

    def leave(self):
        """Ends the connection by a reset, which the crowd carries out."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.has_left = True


class HalfOpen:
    """Says nothing."""

    holds = True  # its connections; otherwise it tries as often as the options say
    identity = None  # "stranger", "enrolled", or none

    def __init__(self, home=None):
        """`home` is the directory of its identity."""
        self.context = client_context(home)
        self.hello = Handshake(self.context).take()

    def begin(self, peer):
        """The connection is open."""

    def tick(self, peer):
        """A second has passed."""

    def take(self, peer, data):
        """The receiver has sent something."""


class SlowGreeting(HalfOpen):
    """Says a byte of its greeting each second, without encryption."""

    words = property(lambda self: GREETING)

    def tick(self, peer):
        if peer.said < len(self.words) - 1:
            peer.say(self.words[peer.said : peer.said + 1])


class SlowHandshake(SlowGreeting):
    """Says a byte of its ClientHello each second."""

    words = property(lambda self: self.hello)

    def begin(self, peer):
        self.tick(peer)


class HalfHello(HalfOpen):
    """Says its ClientHello without the last byte, and then nothing."""

    def begin(self, peer):
        peer.say(self.hello[:-1])


class Unanswered(HalfOpen):
    """Says its ClientHello, and never answers the ServerHello."""

    def begin(self, peer):
        peer.say(self.hello)


class AbandonedGreeting(HalfOpen):
    """Begins a greeting and resets the connection, again and again."""

    def begin(self, peer):
        peer.say(GREETING[:-3])
        peer.leave()


class AbandonedHandshake(Unanswered):
    """Resets the connection at the ServerHello, again and again: the receiver has signed for nothing."""

    holds = False

    def take(self, peer, data):
        peer.leave()


class Handshakes(HalfOpen):
    """Performs whole handshakes without a certificate, again and again."""

    holds = False

    def begin(self, peer):
        peer.handshake = Handshake(self.context)
        peer.say(peer.handshake.take())

    def take(self, peer, data):
        peer.say(peer.handshake.take(data))


class HandshakesOfStranger(Handshakes):
    """The same with a key that the receiver does not know."""

    identity = "stranger"


class Flood(HalfOpen):
    """Connects and resets."""

    holds = False

    def begin(self, peer):
        peer.leave()


class KeyUpdates(HalfOpen):
    """Holds a few conversations of an enrolled client, which asks for new keys as fast as it can, with a ping
    behind each `batch` of such messages. The receiver ends a connection with more than 32 of them in a row."""

    identity = "enrolled"
    batch = 30

    def __init__(self, home):
        self.home = home

    greeting, message = GREETING, ping()


class KeyUpdatesInARow(KeyUpdates):
    """The same without a ping, so that the receiver ends each connection and the attacker opens another one."""

    batch = 10_000


ATTACKS = {
    "half-open": HalfOpen, "slow-greeting": SlowGreeting, "slow-handshake": SlowHandshake,
    "half-hello": HalfHello, "unanswered": Unanswered, "abandoned-greeting": AbandonedGreeting,
    "abandoned-handshake": AbandonedHandshake, "handshakes": Handshakes,
    "stranger-handshakes": HandshakesOfStranger, "flood": Flood, "key-updates": KeyUpdates,
    "key-updates-in-a-row": KeyUpdatesInARow,
}  # fmt: skip
