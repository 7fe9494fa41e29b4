"""A client of the classic protocol, written from docs/protocol.md with the standard library only.

    classic_client.py HOST:PORT send FILE... [--name NAME] [--prefix TEXT] [--bind ADDRESS]
                      [--size N] [--raw-header HEX] [--header-pieces N] [--one-segment]
                      [--one-byte] [--stop-after BYTES] [--at-once N]

Each file has a connection of its own; --at-once has so many of them beside each other. Of a
directory every regular file below it is sent; as the protocol has no directories, "/" in their
names becomes "%". Prints one line of JSON for each file, in the order in which they are named;
"lost" is a connection that ended without an answer. --stop-after breaks it off in the middle.
"""

import argparse
import json
import os
import socket
import struct
import sys
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig.ports import connect

OK, NO = b"ok", b"no"
LARGEST = 2**31 - 1
PIECE = 1 << 20
PATIENCE = 120


class Refused(Exception):
    pass


class Lost(Exception):
    pass


class Connection:
    def __init__(self, address, source):
        self.socket = connect(address, PATIENCE, source)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        try:
            self.socket.sendall(data)
        except OSError:
            self.expect_ok()  # a refusal may be what ended it
            raise Lost

    def send_file(self, file, offset, count):
        try:
            return self.socket.sendfile(file, offset, count)
        except OSError:
            self.expect_ok()
            raise Lost

    def expect_ok(self):
        answer = b""
        try:
            while len(answer) < 2:
                part = self.socket.recv(2 - len(answer))
                if not part:
                    raise Lost
                answer += part
        except OSError:
            raise Lost
        if answer == NO:
            raise Refused
        if answer != OK:
            raise Lost


def make_header(name, size, arguments):
    if arguments.raw_header is not None:
        return bytes.fromhex(arguments.raw_header)
    announced = size if arguments.size is None else arguments.size
    if announced > LARGEST:
        raise SystemExit(f"{name!r}: {announced} bytes are more than the protocol can announce")
    # A name of 256 bytes or more fills the field and leaves no room for its NUL.
    return struct.pack("<256si", os.fsencode(name), announced)


def send_start(connection, header, file, end, arguments):
    """Sends the header, with content in the same segment if so asked. Returns the bytes of content in it."""
    if arguments.one_segment:
        start = min(end, PIECE)
        connection.send(header + os.pread(file.fileno(), start, 0))
        return start
    piece = arguments.header_pieces or len(header)
    for start in range(0, len(header), piece):
        connection.send(header[start : start + piece])
    return 0


def send_content(connection, file, offset, end, one_byte):
    if one_byte:
        for byte in os.pread(file.fileno(), end - offset, offset):
            connection.send(bytes([byte]))
    elif end - offset > PIECE:
        connection.send_file(file, offset, end - offset)
    elif end > offset:
        connection.send(os.pread(file.fileno(), end - offset, offset))


def send_file(path, name, arguments):
    with open(path, "rb") as file, Connection(arguments.address, arguments.bind) as connection:
        size = os.fstat(file.fileno()).st_size
        header = make_header(name, size, arguments)
        end = size if arguments.stop_after is None else min(size, arguments.stop_after)
        start = send_start(connection, header, file, end, arguments)
        connection.expect_ok()
        send_content(connection, file, start, end, arguments.one_byte)
        if end < size:
            return "stopped"
        if struct.unpack("<i", header[256:260])[0] > size:
            connection.socket.shutdown(socket.SHUT_WR)  # no more comes of what was announced
        connection.expect_ok()
        return "received"


def deliver(path, name, arguments):
    try:
        status = send_file(path, name, arguments)
    except Refused:
        status = "refused"
    except (Lost, ConnectionError):
        status = "lost"
    return {"name": name, "status": status}


def files(arguments):
    """Yields the path and the name of each file to send."""
    for path in arguments.files:
        if not os.path.exists(path):
            raise SystemExit(f"there is no file {path!r}")
        if not os.path.isdir(path):
            own = os.path.basename(path) if arguments.name is None else arguments.name
            yield path, arguments.prefix + own
            continue
        for directory, below, names in os.walk(path):
            below.sort()
            for entry in sorted(names):
                full = os.path.join(directory, entry)
                if os.path.isfile(full) and not os.path.islink(full):
                    name = os.path.relpath(full, path).replace("/", "%")
                    yield full, arguments.prefix + name


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    commands = parser.add_subparsers(dest="command", required=True)
    send = commands.add_parser("send")
    send.add_argument("files", nargs="+")
    send.add_argument("--name")
    send.add_argument("--prefix", default="")
    send.add_argument("--bind")
    send.add_argument("--size", type=int)
    send.add_argument("--raw-header")
    send.add_argument("--header-pieces", type=int)
    send.add_argument("--one-segment", action="store_true")
    send.add_argument("--one-byte", action="store_true")
    send.add_argument("--stop-after", type=int)
    send.add_argument("--at-once", type=int, default=1)
    return parser.parse_args()


def main():
    arguments = parse()
    went_well = True
    with ThreadPoolExecutor(arguments.at_once) as pool:
        for result in pool.map(lambda file: deliver(*file, arguments), files(arguments)):
            print(json.dumps(result), flush=True)
            went_well = went_well and result["status"] in ("received", "stopped")
    sys.exit(0 if went_well else 1)


if __name__ == "__main__":
    main()
