"""Offers files and sends nothing of them.

    offering_client.py HOST:PORT withdrawn COUNT   offers and withdraws, one after the other
    offering_client.py HOST:PORT left COUNT        offers and ends the connection

Prints one line of JSON: how many offers were accepted.
"""

import json
import secrets
import struct
import sys

from native_client import ACCEPT, OFFER, Connection, expect, text

WITHDRAW = 4


def offer(tag):
    name = text(f"offered {tag}")
    return struct.pack(">I16sQ", tag, secrets.token_bytes(16), 1 << 20) + name + b"\x00"


def main():
    connection, way, count = Connection(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    for tag in range(1, count + 1):
        connection.send(connection.frame(OFFER, offer(tag)))
        expect(connection, ACCEPT)
        if way == "withdrawn":
            connection.send(connection.frame(WITHDRAW, struct.pack(">I", tag) + text("changed my mind")))
    print(json.dumps({"accepted": count}))


if __name__ == "__main__":
    main()
