"""A client of the native protocol, written from docs/protocol.md with the standard library only.

    native_client.py HOST:PORT send FILE NAME [--id HEX] [--stop-after BYTES]
                   [--pause-after BYTES] [--wrong-crc] [--wrong-after BYTES] [--eager]
    native_client.py HOST:PORT ping

In front of the command: --bind ADDRESS to come from, --version N to speak (1).

Prints one line of JSON for what became of it. --stop-after breaks the connection off in the middle
of the content, as a lost link would; --pause-after says so and waits for a line of input.
"""

import argparse
import json
import os
import secrets
import socket
import struct
import sys

MAGIC = b"\xffXFR"
HELLO, OFFER, CONTENT, PING = 1, 2, 3, 5
WELCOME, ACCEPT, RECEIPT, REFUSAL, PONG, WORKING = 129, 130, 131, 132, 133, 137
PIECE = 64 * 1024


def _crc_table():
    table = []
    for n in range(256):
        for _ in range(8):
            n = (n >> 1) ^ 0x82F63B78 if n & 1 else n >> 1
        table.append(n)
    return table


TABLE = _crc_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def text(value):
    data = value.encode()
    return struct.pack(">H", len(data)) + data


class Connection:
    def __init__(self, address, source=None, version=1):
        host, port = address.rsplit(":", 1)
        source = (source, 0) if source else None
        self.socket = socket.create_connection((host.strip("[]"), int(port)), 30, source)
        self.send(MAGIC + self.frame(HELLO, struct.pack(">H", version) + text("native_client.py")))
        if self.exactly(4) != MAGIC:
            raise SystemExit("not an xfer receiver")
        kind, payload = self.receive()
        if kind != WELCOME:
            raise Refused(payload)

    @staticmethod
    def frame(kind, payload):
        start = struct.pack(">IB", len(payload), kind)
        return start + struct.pack(">I", crc32c(start + payload)) + payload

    def send(self, data):
        self.socket.sendall(data)

    def exactly(self, count):
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                raise SystemExit("the receiver ended the connection")
            data += part
        return data

    def receive(self):
        header = self.exactly(9)
        length, kind, checksum = struct.unpack(">IBI", header)
        payload = self.exactly(length)
        if crc32c(header[:5] + payload) != checksum:
            raise SystemExit("a message came damaged")
        return self.receive() if kind == WORKING else (kind, payload)


class Refused(Exception):
    def __init__(self, payload):
        self.tag, self.reason, after, length = struct.unpack(">IHIH", payload[:12])
        self.retry_after = None if after == 0xFFFFFFFF else after
        self.sentence = payload[12 : 12 + length].decode()


def parse_receipt(payload):
    transfer = payload[4:20]
    (length,) = struct.unpack(">H", payload[20:22])
    name = payload[22 : 22 + length].decode()
    rest = payload[22 + length :]
    size, digest, started, published, durability, repeated = struct.unpack(">Q32sqqBB", rest[:58])
    return {
        "status": "received",
        "id": transfer.hex(),
        "name": name,
        "size": size,
        "sha256": digest.hex(),
        "seconds": (published - started) / 1e6,
        "durability": durability,
        "repeated": bool(repeated),
        "standing": ("new", "there", "removed")[repeated],
        "next": attributes(rest[58:]).get(1, b"").hex() or None,
    }


def attributes(data):
    values = {}
    while data:
        number, length = struct.unpack(">BH", data[:3])
        values[number] = data[3 : 3 + length]
        data = data[3 + length :]
    return values


def expect(connection, wanted):
    kind, payload = connection.receive()
    if kind == REFUSAL:
        raise Refused(payload)
    if kind != wanted:
        raise SystemExit(f"message {kind} where {wanted} was expected")
    return payload


def send_file(connection, arguments):
    size = os.path.getsize(arguments.file)
    transfer = bytes.fromhex(arguments.id) if arguments.id else secrets.token_bytes(16)
    eager = bytes([arguments.eager])
    offer = struct.pack(">I16sQ", 1, transfer, size) + text(arguments.name) + eager
    connection.send(connection.frame(OFFER, offer))
    if arguments.eager:
        with open(arguments.file, "rb") as file:
            content = file.read()
        header = struct.pack(">IQII", 1, 0, size, crc32c(content))
        connection.send(connection.frame(CONTENT, header) + content)
        return parse_receipt(expect(connection, RECEIPT))
    kind, payload = connection.receive()
    if kind == RECEIPT:
        return parse_receipt(payload)
    if kind == REFUSAL:
        raise Refused(payload)
    _, offset = struct.unpack(">IQ", payload)
    resumed_at = offset
    with open(arguments.file, "rb") as file:
        file.seek(offset)
        while offset < size:
            if arguments.stop_after and offset >= arguments.stop_after:
                connection.socket.close()
                return {"status": "stopped", "id": transfer.hex(), "offset": offset}
            if arguments.pause_after is not None and offset >= arguments.pause_after:
                arguments.pause_after = None
                print(json.dumps({"status": "paused", "offset": offset}), flush=True)
                sys.stdin.readline()
            piece = file.read(PIECE)
            is_wrong = arguments.wrong_crc or 0 < arguments.wrong_after <= offset
            crc = crc32c(piece) ^ is_wrong
            header = struct.pack(">IQII", 1, offset, len(piece), crc)
            connection.send(connection.frame(CONTENT, header) + piece)
            offset += len(piece)
    return parse_receipt(expect(connection, RECEIPT)) | {"resumed_at": resumed_at}


def ping(connection):
    token = secrets.token_bytes(8)
    connection.send(connection.frame(PING, token))
    return {"status": "pong" if expect(connection, PONG) == token else "wrong"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("--bind")
    parser.add_argument("--version", type=int, default=1)
    commands = parser.add_subparsers(dest="command", required=True)
    send = commands.add_parser("send")
    send.add_argument("file")
    send.add_argument("name")
    send.add_argument("--id")
    send.add_argument("--stop-after", type=int)
    send.add_argument("--pause-after", type=int)
    send.add_argument("--wrong-crc", action="store_true")
    send.add_argument("--wrong-after", type=int, default=0)
    send.add_argument("--eager", action="store_true")
    commands.add_parser("ping")
    arguments = parser.parse_args()
    try:
        connection = Connection(arguments.address, arguments.bind, arguments.version)
        result = ping(connection) if arguments.command == "ping" else send_file(connection, arguments)
    except Refused as refused:
        result = {
            "status": "refused",
            "reason": refused.reason,
            "retry_after": refused.retry_after,
            "sentence": refused.sentence,
        }
    print(json.dumps(result))
    sys.exit(0 if result["status"] in ("received", "pong", "stopped") else 1)


if __name__ == "__main__":
    main()
