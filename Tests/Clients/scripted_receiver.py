"""A receiver of the native protocol that answers as it is told: for what a real one does only when
something is broken, and for those of other versions. Written from docs/protocol.md with the standard
library only.

    scripted_receiver.py WAY [--version N] [--before-welcome SHELL] [--before-content SHELL] [--] COMMAND...

Listens on a free port of 127.0.0.1 and runs the command with the address in place of {}. Ends with its
status. It prints what the command printed, then one line of JSON: the offers that came, and the SHA-256 of
what was received whole, and the ids that it named to follow others. It keeps no file. The shell commands are run once: when the first greeting has
come, and when the first content of an accepted file has.

    receive    receives all that is offered
    removed    every offer was delivered in 2001 and removed since; version 2 names another id each time
    anew       the first offer was delivered in 2001, at last under another id, and removed since
    circle     the same, and the id that it names is the one that was offered
    wrong      the first receipt of each name has a wrong SHA-256
    wrong-all  every receipt has one
    none       no receipt has a SHA-256
    old        every offer was delivered in 2001 and is there, with the SHA-256 of nothing
    working    says for 8 s that it works on a file, drops the connection, and receives it on the next one
    escape     refuses every offer with a sentence that a terminal would obey
    stats      answers questions with such a page
"""

import argparse
import hashlib
import json
import secrets
import socket
import struct
import subprocess
import sys
import threading
import time

from native_client import MAGIC, CONTENT, HELLO, OFFER, RECEIPT, REFUSAL, WELCOME, crc32c, text

ACCEPT, PAGE, END, WORKING, ASK = 130, 135, 136, 137, 6
EAGER = 256 * 1024
LONG_AGO = 1_000_000_000_000_000
ESCAPE = "a\x1b[31mb\x07c\x9b31md\x7fe"


class Session:
    def __init__(self, receiver, peer):
        self.receiver, self.peer, self.way = receiver, peer, receiver.way
        self.input = peer.makefile("rb")

    def frame(self, kind, payload):
        start = struct.pack(">IB", len(payload), kind)
        self.peer.sendall(start + struct.pack(">I", crc32c(start + payload)) + payload)

    def receive(self):
        header = self.input.read(9)
        if len(header) < 9:
            raise EOFError
        length, kind, _ = struct.unpack(">IBI", header)
        return kind, self.input.read(length)

    def run(self):
        if self.input.read(4) != MAGIC:
            return
        self.peer.sendall(MAGIC)
        self.transfers = {}
        try:
            while True:
                self.handle(*self.receive())
        except (EOFError, ConnectionError, TimeoutError):
            self.peer.close()

    def handle(self, kind, payload):
        if kind == HELLO:
            self.receiver.hook("welcome")
            now = struct.pack(">BHq", 1, 8, time.time_ns() // 1000)
            bounds = struct.pack(">III", 1024, 1 << 20, EAGER)
            version = struct.pack(">H", self.receiver.version)
            self.frame(WELCOME, version + text("scripted") + bounds + now)
        elif kind == OFFER:
            self.offer(payload)
        elif kind == CONTENT:
            self.content(*struct.unpack(">IQII", payload))
        elif kind == ASK:
            tag = payload[:4]
            self.frame(PAGE, tag + text(ESCAPE + "\n"))
            self.frame(END, tag)

    def offer(self, payload):
        tag, transfer, size, length = struct.unpack(">I16sQH", payload[:30])
        name, eager = payload[30 : 30 + length], payload[30 + length]
        self.receiver.offers.append({"id": transfer.hex(), "name": name.decode(), "size": size})
        if eager and size:
            _, content = self.receive()
            hashed = hashlib.sha256(self.input.read(struct.unpack(">IQII", content)[2]))
        else:
            hashed = hashlib.sha256()
        transfer = {"id": transfer, "size": size, "name": name, "sum": hashed, "left": 0 if eager else size}
        self.transfers[tag] = transfer
        self.answer(tag, transfer)

    def answer(self, tag, transfer):
        if self.way in ("removed", "circle"):
            self.receipt(tag, transfer, 2)
        elif self.way == "anew" and len(self.receiver.offers) == 1:
            self.receipt(tag, transfer | {"id": secrets.token_bytes(16)}, 2)
        elif self.way == "old" and len(self.receiver.offers) == 1:
            self.receipt(tag, transfer | {"sum": hashlib.sha256()}, 1)
        elif self.way == "escape":
            self.frame(REFUSAL, struct.pack(">IHI", tag, 5, 0xFFFFFFFF) + text(ESCAPE))
        elif self.way == "working" and self.receiver.connections == 1:
            for done in range(1, 21):
                self.frame(WORKING, struct.pack(">IQQ", tag, done << 30, 20 << 30))
                time.sleep(0.4)
            raise EOFError
        elif transfer["left"]:
            self.frame(ACCEPT, struct.pack(">IQ", tag, 0))
        else:
            self.receipt(tag, transfer, 0)

    def content(self, tag, offset, length, crc):
        self.receiver.hook("content")
        transfer = self.transfers[tag]
        transfer["sum"].update(self.input.read(length))
        transfer["left"] -= length
        if not transfer["left"]:
            self.receipt(tag, transfer, 0)

    def receipt(self, tag, transfer, standing):
        if standing == 0:
            self.receiver.received[transfer["name"].decode()] = transfer["sum"].hexdigest()
        published = LONG_AGO if standing else time.time_ns() // 1000
        name, attributes = transfer["name"], b""
        digest = transfer["sum"].digest()
        if self.way == "wrong-all" or (self.way == "wrong" and name not in self.receiver.seen):
            digest = bytes([digest[0] ^ 1]) + digest[1:]
        self.receiver.seen.add(name)
        if self.way == "none":
            digest = bytes(32)
        if standing == 2 and self.receiver.version >= 2:
            following = transfer["id"] if self.way == "circle" else secrets.token_bytes(16)
            self.receiver.following.append(following.hex())
            attributes = struct.pack(">BH", 1, 16) + following
        body = struct.pack(">I16sH", tag, transfer["id"], len(name)) + name
        body += struct.pack(">Q32sqqBB", transfer["size"], digest, published, published, 1, standing)
        self.frame(RECEIPT, body + attributes)


class Receiver:
    def __init__(self, way, version, hooks):
        self.way, self.version, self.hooks = way, version, hooks
        self.offers, self.received, self.seen, self.connections = [], {}, set(), 0
        self.following = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.accept, daemon=True).start()

    def hook(self, place):
        command = self.hooks.pop(place, None)
        if command:
            subprocess.run(["sh", "-c", command], check=True)

    def accept(self):
        while True:
            peer, _ = self.listener.accept()
            peer.settimeout(60)
            self.connections += 1
            threading.Thread(target=Session(self, peer).run, daemon=True).start()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("way")
    parser.add_argument("--version", type=int, default=2)
    parser.add_argument("--before-welcome")
    parser.add_argument("--before-content")
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    hooks = {"welcome": arguments.before_welcome, "content": arguments.before_content}
    receiver = Receiver(arguments.way, arguments.version, hooks)
    address = "127.0.0.1:%d" % receiver.listener.getsockname()[1]
    command = [address if part == "{}" else part for part in arguments.command]
    status = subprocess.run(command, timeout=170).returncode
    print(json.dumps({"offers": receiver.offers, "received": receiver.received, "following": receiver.following}))
    sys.exit(status)


if __name__ == "__main__":
    main()
