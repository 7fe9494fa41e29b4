"""A client's connection of the native protocol, written from docs/protocol.md with the standard library only."""

from Rig import messages
from Rig.frames import HEADER, MAGIC, Message, crc32c
from Rig.messages import Refused
from Rig.ports import connect
from Rig.tls import encrypted

PATIENCE = 30


class Connection:
    """A connection that was greeted. Raises Refused if the receiver refuses it."""

    def __init__(self, address, source=None, version=1, identity=None):
        """`identity` is a directory with key.pem and certificate.pem; with it, the connection is encrypted."""
        self.socket = connect(address, PATIENCE, source)
        if identity:
            self.socket = encrypted(self.socket, identity)
        self.send(MAGIC + messages.hello(version))
        if self.exactly(len(MAGIC)) != MAGIC:
            raise SystemExit("not an xfer receiver")
        kind, payload = self.receive()
        if kind != Message.WELCOME:
            raise Refused(payload)

    def send(self, *messages):
        self.socket.sendall(b"".join(messages))

    def exactly(self, count):
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                raise SystemExit("the receiver ended the connection")
            data += part
        return data

    def receive_any(self):
        """Returns the type and the payload of the next message."""
        header = self.exactly(HEADER.size)
        length, kind, checksum = HEADER.unpack(header)
        payload = self.exactly(length)
        if crc32c(header[:5] + payload) != checksum:
            raise SystemExit("a message came damaged")
        return kind, payload

    def receive(self):
        """Returns the next message that does not only say that the receiver works."""
        while (message := self.receive_any())[0] == Message.WORKING:
            pass
        return message

    def expect(self, *wanted):
        """Returns the payload of the next message, which must be of a type that is wanted."""
        kind, payload = self.receive()
        if kind == Message.REFUSAL:
            raise Refused(payload)
        if kind not in wanted:
            raise SystemExit(f"message {kind} where {' or '.join(map(str, map(int, wanted)))} was expected")
        return payload
