"""A receiver of the native protocol that answers as it is told: for what a real one does only when
something is broken, and for those of other versions. Written from docs/protocol.md with the standard
library only.

    scripted_receiver.py WAY [--version N] [--before-welcome SHELL] [--before-content SHELL] [--] COMMAND...

Listens on a free port of 127.0.0.1 and runs the command with the address in place of {}. Ends with its
status. It prints what the command printed, then one line of JSON: the offers that came, and the SHA-256 of
what was received whole, and the ids that it named to follow others. It keeps no file. The shell commands are
run once: when the first greeting has come, and when the first content of an accepted file has.

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

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig.frames import CONTENT, HEADER, MAGIC, Message, frame
from Rig.messages import NEVER, RECEIPT_END, take_text, text
from Rig.ports import address_of

EAGER = 256 * 1024
LONG_AGO = 1_000_000_000_000_000
ESCAPE = "a\x1b[31mb\x07c\x9b31md\x7fe"


class Session:
    def __init__(self, receiver, peer):
        self.receiver, self.peer, self.way = receiver, peer, receiver.way
        self.input = peer.makefile("rb")

    def send(self, kind, payload):
        self.peer.sendall(frame(kind, payload))

    def receive(self):
        header = self.input.read(HEADER.size)
        if len(header) < HEADER.size:
            raise EOFError
        length, kind, _ = HEADER.unpack(header)
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
        if kind == Message.HELLO:
            self.receiver.hook("welcome")
            now = struct.pack(">BHq", 1, 8, time.time_ns() // 1000)
            bounds = struct.pack(">III", 1024, 1 << 20, EAGER)
            version = struct.pack(">H", self.receiver.version)
            self.send(Message.WELCOME, version + text("scripted") + bounds + now)
        elif kind == Message.OFFER:
            self.offer(payload)
        elif kind == Message.CONTENT:
            self.content(*CONTENT.unpack(payload))
        elif kind == Message.ASK:
            tag = payload[:4]
            self.send(Message.PAGE, tag + text(ESCAPE + "\n"))
            self.send(Message.END, tag)

    def offer(self, payload):
        tag, transfer, size = struct.unpack_from(">I16sQ", payload)
        name, end = take_text(payload, 28)
        eager = payload[end]
        self.receiver.offers.append({"id": transfer.hex(), "name": name, "size": size})
        hashed = hashlib.sha256()
        if eager and size:
            _, content = self.receive()
            hashed.update(self.input.read(CONTENT.unpack(content)[2]))
        transfer = {"id": transfer, "size": size, "name": name, "sum": hashed, "left": 0 if eager else size}
        self.transfers[tag] = transfer
        self.answer(tag, transfer)

    def answer(self, tag, transfer):
        is_first = len(self.receiver.offers) == 1
        if self.way in ("removed", "circle"):
            self.receipt(tag, transfer, 2)
        elif self.way == "anew" and is_first:
            self.receipt(tag, transfer | {"id": secrets.token_bytes(16)}, 2)
        elif self.way == "old" and is_first:
            self.receipt(tag, transfer | {"sum": hashlib.sha256()}, 1)
        elif self.way == "escape":
            self.send(Message.REFUSAL, struct.pack(">IHI", tag, 5, NEVER) + text(ESCAPE))
        elif self.way == "working" and self.receiver.connections == 1:
            self.work(tag)
        elif transfer["left"]:
            self.send(Message.ACCEPT, struct.pack(">IQ", tag, 0))
        else:
            self.receipt(tag, transfer, 0)

    def work(self, tag):
        """Says for 8 s that it works, and drops the connection."""
        for done in range(1, 21):
            self.send(Message.WORKING, struct.pack(">IQQ", tag, done << 30, 20 << 30))
            time.sleep(0.4)
        raise EOFError

    def content(self, tag, offset, length, crc):
        self.receiver.hook("content")
        transfer = self.transfers[tag]
        transfer["sum"].update(self.input.read(length))
        transfer["left"] -= length
        if not transfer["left"]:
            self.receipt(tag, transfer, 0)

    def receipt(self, tag, transfer, standing):
        name = transfer["name"]
        if standing == 0:
            self.receiver.received[name] = transfer["sum"].hexdigest()
        published = LONG_AGO if standing else time.time_ns() // 1000
        body = struct.pack(">I16s", tag, transfer["id"]) + text(name)
        body += RECEIPT_END.pack(transfer["size"], self.digest(transfer), published, published, 1, standing)
        self.send(Message.RECEIPT, body + self.following(transfer, standing))

    def digest(self, transfer):
        """Returns the SHA-256 that the receipt has in this way."""
        digest, is_first = transfer["sum"].digest(), transfer["name"] not in self.receiver.seen
        self.receiver.seen.add(transfer["name"])
        if self.way == "none":
            return bytes(32)
        is_wrong = self.way == "wrong-all" or (self.way == "wrong" and is_first)
        return bytes([digest[0] ^ is_wrong]) + digest[1:]

    def following(self, transfer, standing):
        """Returns the attribute that names the id to follow a removed file, of version 2."""
        if standing != 2 or self.receiver.version < 2:
            return b""
        following = transfer["id"] if self.way == "circle" else secrets.token_bytes(16)
        self.receiver.following.append(following.hex())
        return struct.pack(">BH", 1, 16) + following


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


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("way")
    parser.add_argument("--version", type=int, default=2)
    parser.add_argument("--before-welcome")
    parser.add_argument("--before-content")
    parser.add_argument("command", nargs="+")
    return parser.parse_args()


def main():
    arguments = parse()
    hooks = {"welcome": arguments.before_welcome, "content": arguments.before_content}
    receiver = Receiver(arguments.way, arguments.version, hooks)
    address = address_of(receiver.listener)
    command = [address if part == "{}" else part for part in arguments.command]
    status = subprocess.run(command, timeout=170).returncode
    seen = {"offers": receiver.offers, "received": receiver.received, "following": receiver.following,
            "connections": receiver.connections}
    print(json.dumps(seen))
    sys.exit(status)


if __name__ == "__main__":
    main()
