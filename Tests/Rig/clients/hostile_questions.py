"""A client with questions that cost more than they should, in one way at each call.

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

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig.frames import Message, Splitter
from Rig.messages import HEALTH, STATS, Refused, ask, ask_history, offer, ping, withdraw
from Rig.native import Connection

QUESTIONS = {
    "history": lambda tag: ask_history(tag, "*"),
    "stats": lambda tag: ask(tag, STATS),
    "health": lambda tag: ask(tag, HEALTH),
}


def ask_costly(tag, length=1024):
    """Asks by a pattern with a set, all of which is looked at for each place of a name."""
    return ask_history(tag, "*[" + "x" * (length - 3) + "]")


def frames(connection):
    """Yields the types and payloads that come. Checksums are passed over, as there is much."""
    splitter = Splitter(skipped=0)
    while part := connection.socket.recv(1 << 20):
        for _, kind, payload in splitter.feed(part):
            yield kind, payload
    raise SystemExit("the receiver ended the connection")


def send_meanwhile(connection, messages):
    """Sends in a thread, so that the answers are read meanwhile."""
    connection.socket.settimeout(None)
    threading.Thread(target=connection.send, args=messages, daemon=True).start()


def flood(connection, kind, count):
    send_meanwhile(connection, [QUESTIONS[kind](tag) for tag in range(1, count + 1)])
    answers = {"ends": 0, "refusals": 0}
    for message, _ in frames(connection):
        answers["ends"] += message == Message.END
        answers["refusals"] += message == Message.REFUSAL
        if sum(answers.values()) == count:
            return answers


def words(connection, count):
    said = []
    for tag in range(1, count + 1):
        said.append(offer(tag, f"words/{tag}", 10, struct.pack(">QQ", 7, tag)))
        said.append(withdraw(tag, "w" * 4000))
    send_meanwhile(connection, [*said, ping()])
    for message, _ in frames(connection):
        if message == Message.PONG:
            return {"said": count}


def pattern(connection, length):
    connection.socket.settimeout(None)
    connection.send(ask_costly(1, length))
    for message, payload in frames(connection):
        if message == Message.REFUSAL:
            refused = Refused(payload)
            return {"refused": refused.reason, "sentence": refused.sentence}
        if message == Message.END:
            return {"answered": True}


def leave(connection):
    connection.send(ask_costly(1))
    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.socket.close()
    return {"left": True}


def close(connection, count):
    connection.send(*(ask_costly(tag) for tag in range(1, count + 1)))
    connection.socket.close()
    return {"left": True}


def half(connection):
    connection.send(ask_history(1, "*1*"))
    connection.socket.shutdown(socket.SHUT_WR)
    rows = 0
    for message, _ in frames(connection):
        rows += message == Message.ROW
        if message in (Message.END, Message.REFUSAL):
            return {"rows": rows, "answered": message == Message.END}


CASES = {"flood": flood, "words": words, "pattern": pattern, "leave": leave, "close": close, "half": half}


def main():
    connection = Connection(sys.argv[1])
    case, *arguments = sys.argv[2:]
    values = [int(word) if word.isdigit() else word for word in arguments]
    print(json.dumps(CASES[case](connection, *values)), flush=True)
    if case in ("flood", "words"):
        sys.stdin.readline()


if __name__ == "__main__":
    main()
