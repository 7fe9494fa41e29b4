"""One conversation out of order: its connection, and all that the receiver answered."""

import hashlib
import socket
import struct

from Rig import messages
from Rig.frames import HEADER, MAGIC, Message, crc32c
from Rig.ports import connect
from Rig.tls import Client

PATIENCE = 90  # seconds without a byte: more than each time limit of the receiver


class Ended(Exception):
    """The receiver has ended the connection."""


class Wrong(Exception):
    """The receiver answered with something that the protocol does not have."""


class Plain:
    """A connection without encryption, as Rig.tls.Client is one with it."""

    def __init__(self, connection):
        self.sendall, self.recv = connection.sendall, connection.recv
        self.end_sending = lambda: connection.shutdown(socket.SHUT_WR)


def content_of(transfer, size):
    """The content of a transfer, which follows from its id."""
    return (hashlib.sha256(transfer).digest() * (size // 32 + 1))[:size]


class Talk:
    """Sends in few pieces, because each piece costs as much as a whole message."""

    def __init__(self, address, source, encrypted):
        self.connection = connect(address, PATIENCE, source)
        self.stream = Plain(self.connection)
        if encrypted:
            self.stream = Client(self.connection)
            self.stream.begin(1 << 16)
            self.stream.finish()
        self._unsent, self._read, self._has_magic = [], b"", False
        self.offers = {}  # the last offer of each tag: id, name, size
        self.offered = set()  # tag, name and size of all offers, because a tag may be used again
        self.accepted = {}  # the offset of each accept
        self.receipts = []
        self.answers = 0
        self.refusal = None  # of the connection

    def note(self, tag, transfer, name, size):
        """Notes an offer, which may be answered."""
        self.offers[tag] = (transfer, name, size)
        self.offered.add((tag, name, size))

    def put(self, *data):
        self._unsent += data

    def flush(self):
        data, self._unsent = b"".join(self._unsent), []
        if not data:
            return
        try:
            self.stream.sendall(data)
        except OSError:
            raise Ended

    def read(self):
        """Takes the next message of the receiver. Raises Ended behind the last one."""
        self.flush()
        if not self._has_magic:
            if self._exactly(len(MAGIC)) != MAGIC:
                raise Wrong("the receiver's answer has no magic")
            self._has_magic = True
        header = self._exactly(HEADER.size)
        length, kind, checksum = HEADER.unpack(header)
        if length > 16 * 1024:
            raise Wrong(f"a message of {length} bytes")
        payload = self._exactly(length)
        if crc32c(header[:5] + payload) != checksum:
            raise Wrong("a message came damaged")
        self.answers += 1
        self._take(kind, payload)
        return kind

    def _exactly(self, count):
        while len(self._read) < count:
            try:
                part = self.stream.recv(1 << 16)
            except TimeoutError:
                raise Wrong(f"nothing came for {PATIENCE} seconds")
            except OSError:
                raise Ended
            if not part:
                raise Ended
            self._read += part
        data, self._read = self._read[:count], self._read[count:]
        return data

    def _take(self, kind, payload):
        if self.refusal is not None:
            raise Wrong(f"message {kind} behind the refusal of the connection")
        if kind == Message.ACCEPT:
            tag, offset = struct.unpack(">IQ", payload)
            if not any(offset <= size for number, _, size in self.offered if number == tag):
                raise Wrong(f"an accept of tag {tag} at {offset}, offered: {self.offers.get(tag)}")
            self.accepted[tag] = offset
        elif kind == Message.RECEIPT:
            self._take_receipt(payload)
        elif kind == Message.REFUSAL:
            refused = messages.Refused(payload)
            if refused.tag == 0:
                self.refusal = refused.reason
        elif kind not in Message.__members__.values():
            raise Wrong(f"an unknown message {kind}")

    def _take_receipt(self, payload):
        receipt = messages.receipt(payload)
        (tag,) = struct.unpack_from(">I", payload)
        if (tag, receipt["name"], receipt["size"]) not in self.offered:
            raise Wrong(f"a receipt of {receipt} for {self.offers.get(tag)}")
        self.receipts.append((receipt["name"], receipt["size"], receipt["sha256"]))

    def read_to_end(self):
        try:
            while True:
                self.read()
        except Ended:
            pass

    def reset(self):
        """Ends the connection by a TCP reset."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
