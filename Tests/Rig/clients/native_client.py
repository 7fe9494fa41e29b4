"""A client of the native protocol, written from docs/protocol.md with the standard library only.

    native_client.py HOST:PORT send FILE NAME [--id HEX] [--stop-after BYTES]
                   [--pause-after BYTES] [--wrong-crc] [--wrong-after BYTES] [--eager]
    native_client.py HOST:PORT ping

In front of the command: --bind ADDRESS to come from, --version N to speak (1), --identity DIRECTORY with key.pem
and certificate.pem to speak TLS.

Prints one line of JSON for the result. --stop-after breaks the connection off in the middle
of the content, as a lost link would; --pause-after says so and waits for a line of input.
"""

import argparse
import json
import os
import secrets
import struct
import sys

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig import messages
from Rig.frames import Message
from Rig.messages import Refused
from Rig.native import Connection

PIECE = 64 * 1024


def send_file(connection, arguments):
    size = os.path.getsize(arguments.file)
    transfer = bytes.fromhex(arguments.id) if arguments.id else secrets.token_bytes(16)
    connection.send(messages.offer(1, arguments.name, size, transfer, arguments.eager))
    if arguments.eager:
        with open(arguments.file, "rb") as file:
            connection.send(messages.content(1, 0, file.read()))
        return messages.receipt(connection.expect(Message.RECEIPT))
    kind, payload = connection.receive()
    if kind == Message.RECEIPT:
        return messages.receipt(payload)
    if kind == Message.REFUSAL:
        raise Refused(payload)
    _, offset = struct.unpack(">IQ", payload)
    stopped_at = send_content(connection, arguments, offset, size)
    if stopped_at is not None:
        return {"status": "stopped", "id": transfer.hex(), "offset": stopped_at}
    return messages.receipt(connection.expect(Message.RECEIPT)) | {"resumed_at": offset}


def send_content(connection, arguments, offset, size):
    """Sends the file from an offset on. Returns the offset where it broke off, or None."""
    with open(arguments.file, "rb") as file:
        file.seek(offset)
        while offset < size:
            if arguments.stop_after and offset >= arguments.stop_after:
                connection.socket.close()
                return offset
            if arguments.pause_after is not None and offset >= arguments.pause_after:
                arguments.pause_after = None
                print(json.dumps({"status": "paused", "offset": offset}), flush=True)
                sys.stdin.readline()
            piece = file.read(PIECE)
            is_wrong = arguments.wrong_crc or 0 < arguments.wrong_after <= offset
            connection.send(messages.content(1, offset, piece, damage=is_wrong))
            offset += len(piece)
    return None


def ping(connection):
    token = secrets.token_bytes(8)
    connection.send(messages.ping(token))
    return {"status": "pong" if connection.expect(Message.PONG) == token else "wrong"}


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("--bind")
    parser.add_argument("--version", type=int, default=1)
    parser.add_argument("--identity")
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
    return parser.parse_args()


def main():
    arguments = parse()
    try:
        connection = Connection(arguments.address, arguments.bind, arguments.version, arguments.identity)
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
