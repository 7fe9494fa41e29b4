"""A client whose questions cost more than they should, one way a call.

    hostile_questions.py HOST:PORT flood KIND COUNT    asks so often at once, reads all answers
    hostile_questions.py HOST:PORT words COUNT         offers and withdraws so often, with many words
    hostile_questions.py HOST:PORT pattern LENGTH      asks for names by a costly pattern of so many bytes
    hostile_questions.py HOST:PORT leave               asks the same, and breaks the connection off
    hostile_questions.py HOST:PORT close COUNT         asks the same so often at once, and closes the connection
    hostile_questions.py HOST:PORT half                asks for all names, closes its sending side and reads on

Prints a line of JSON for what came; after `flood` and `words` it waits for a line of input, and stays connected.
"""

import json
import socket
import struct
import sys
import threading

from native_client import OFFER, PING, PONG, REFUSAL, Connection, Refused, text

WITHDRAW, ASK, ROW, END = 4, 6, 134, 136
KINDS = {"history": 1, "stats": 2, "health": 3}


def history(pattern):
    return struct.pack(">BIqq", 1, 0, -(2**63), 2**63 - 1) + text("") + text(pattern) + b"\x03"


def ask(tag, question):
    return Connection.frame(ASK, struct.pack(">I", tag) + question)


def costly(length):
    """At each place of a name all of the set is looked at."""
    return "*[" + "x" * (length - 3) + "]"


def frames(connection):
    """The types of what comes, and refusals as they are; checksums are passed over, as there is much."""
    data, start = b"", 0
    while True:
        while len(data) - start >= 9:
            length, kind = struct.unpack_from(">IB", data, start)
            if len(data) - start < 9 + length:
                break
            yield kind, data[start + 9 : start + 9 + length] if kind == REFUSAL else None
            start += 9 + length
        data, start = data[start:], 0
        part = connection.socket.recv(1 << 20)
        if not part:
            raise SystemExit("the receiver ended the connection")
        data += part


def flood(connection, kind, count):
    question = bytes([KINDS[kind]]) if kind != "history" else history("*")
    asked = b"".join(ask(tag, question) for tag in range(1, count + 1))
    connection.socket.settimeout(None)
    sender = threading.Thread(target=connection.send, args=(asked,), daemon=True)
    sender.start()
    answers = {"ends": 0, "refusals": 0}
    for message, _ in frames(connection):
        answers["ends"] += message == END
        answers["refusals"] += message == REFUSAL
        if sum(answers.values()) == count:
            return answers


def words(connection, count):
    connection.socket.settimeout(None)
    why = text("w" * 4000)
    said = []
    for tag in range(1, count + 1):
        offer = struct.pack(">I16sQ", tag, struct.pack(">QQ", 7, tag), 10) + text(f"words/{tag}") + b"\x00"
        said += [Connection.frame(OFFER, offer), Connection.frame(WITHDRAW, struct.pack(">I", tag) + why)]
    said.append(Connection.frame(PING, bytes(8)))
    threading.Thread(target=connection.send, args=(b"".join(said),), daemon=True).start()
    for message, _ in frames(connection):
        if message == PONG:
            return {"said": count}


def pattern(connection, length):
    connection.socket.settimeout(None)
    connection.send(ask(1, history(costly(length))))
    for message, payload in frames(connection):
        if message == REFUSAL:
            refused = Refused(payload)
            return {"refused": refused.reason, "sentence": refused.sentence}
        if message == END:
            return {"answered": True}


def leave(connection):
    connection.send(ask(1, history(costly(1024))))
    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.socket.close()
    return {"left": True}


def close(connection, count):
    connection.send(b"".join(ask(tag, history(costly(1024))) for tag in range(1, count + 1)))
    connection.socket.close()
    return {"left": True}


def half(connection):
    connection.send(ask(1, history("*1*")))
    connection.socket.shutdown(socket.SHUT_WR)
    rows = 0
    for message, _ in frames(connection):
        rows += message == ROW
        if message in (END, REFUSAL):
            return {"rows": rows, "answered": message == END}


def main():
    connection = Connection(sys.argv[1])
    case, arguments = sys.argv[2], sys.argv[3:]
    if case == "flood":
        print(json.dumps(flood(connection, arguments[0], int(arguments[1]))), flush=True)
        sys.stdin.readline()
    elif case == "words":
        print(json.dumps(words(connection, int(arguments[0]))), flush=True)
        sys.stdin.readline()
    elif case == "pattern":
        print(json.dumps(pattern(connection, int(arguments[0]))))
    elif case == "close":
        print(json.dumps(close(connection, int(arguments[0]))))
    elif case == "half":
        print(json.dumps(half(connection)))
    else:
        print(json.dumps(leave(connection)))


if __name__ == "__main__":
    main()
