"""Delivers one small file under each of many names, which need not be text.

    named_client.py HOST:PORT NAMES native|classic [--identity DIRECTORY]

The file NAMES has the bytes of one name on each line, in hexadecimal digits. The content of each file is "named " and that line. Prints one
line of JSON for each: the number of the reason if it was refused (0 in the classic protocol, which gives none), or null.
"""

import argparse
import json
import secrets
import socket
import struct
import sys

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig import messages
from Rig.frames import Message, frame
from Rig.messages import Refused
from Rig.native import Connection
from Rig.ports import connect


def offer(tag, name, size):
    """An eager offer of a name of any bytes."""
    text = struct.pack(">H", len(name)) + name
    return frame(Message.OFFER, struct.pack(">I16sQ", tag, secrets.token_bytes(16), size) + text + b"\x01")


def deliver_native(connection, tag, name, content):
    connection.send(offer(tag, name, len(content)), messages.content(tag, 0, content))
    kind, payload = connection.receive()
    if kind == Message.RECEIPT:
        return {"reason": None, "said": messages.receipt(payload)["name"]}
    refused = Refused(payload)
    return {"reason": refused.reason, "said": refused.sentence, "tag": refused.tag}


def deliver_classic(address, name, content):
    with connect(address, 60) as connection:
        connection.sendall(struct.pack("<256si", name, len(content)) + content)
        connection.shutdown(socket.SHUT_WR)
        answers = b""
        while part := connection.recv(16):
            answers += part
    return {"reason": None if answers == b"okok" else 0, "said": answers.decode()}


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("names")
    parser.add_argument("protocol", choices=["native", "classic"])
    parser.add_argument("--identity")
    return parser.parse_args()


def main():
    arguments = parse()
    with open(arguments.names) as file:
        lines = file.read().splitlines()
    if arguments.protocol == "native":
        connection = Connection(arguments.address, identity=arguments.identity)
    for tag, line in enumerate(lines, 1):
        name, content = bytes.fromhex(line), f"named {line}".encode()
        if arguments.protocol == "native":
            result = deliver_native(connection, tag, name, content)
        else:
            result = deliver_classic(arguments.address, name, content)
        print(json.dumps({"name": line} | result), flush=True)


if __name__ == "__main__":
    main()
