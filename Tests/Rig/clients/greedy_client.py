"""A client that asks for more than any client needs, and does not read the answers.

    greedy_client.py HOST:PORT HTTP_HOST:PORT CASE

It goes on until all is sent, the receiver takes no more for two seconds, or it ends the connection; then it
says so on standard error and holds its connections until it is interrupted.
"""

import select
import signal
import socket
import sys

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig.frames import Message
from Rig.messages import HEALTH, STATS, ask, ask_history, offer, withdraw
from Rig.native import Connection
from Rig.ports import endpoint

PATIENCE = 2
LONG = "\x01" * 4096


def push(sockets, data):
    """Sends the same to all, until none takes anything any more. Returns the bytes that were taken."""
    left = {connection: 0 for connection in sockets}
    for connection in sockets:
        connection.setblocking(False)
    taken = 0
    while left:
        ready = select.select([], list(left), [], PATIENCE)[1]
        if not ready:
            break
        for connection in ready:
            try:
                sent = connection.send(data[left[connection] : left[connection] + (1 << 18)])
            except OSError:
                del left[connection]
                continue
            taken += sent
            left[connection] += sent
            if left[connection] == len(data):
                del left[connection]
    return taken


def pile(connection, frames):
    return [connection], push([connection.socket], b"".join(frames))


def fail(connection, names, why):
    """Offers and withdraws, so that each name has a failed row. Returns how many were accepted."""
    taken = 0
    for first in range(0, len(names), 50):
        some = list(enumerate(names))[first : first + 50]
        connection.send(*(offer(tag + 1, name, 300_000) for tag, name in some))
        taken += sum(connection.receive()[0] == Message.ACCEPT for _ in some)
        connection.send(*(withdraw(tag + 1, why) for tag, _ in some))
    return taken


def stats(address, _):
    """The page shows the last ten names: the longest that there are."""
    fail(Connection(address), ["/".join(["n" * 250] * 4) + f"{n}" for n in range(10)], "no")
    return pile(Connection(address), [ask(tag, STATS) for tag in range(1, 37_001)])


def health(address, _):
    return pile(Connection(address), [ask(tag, HEALTH) for tag in range(1, 20_001)])


def patterns(address, _):
    costly = "*[" + "x" * 4000 + "]"
    return pile(Connection(address), [ask_history(tag, costly) for tag in range(1, 127)])


def unread(address, _):
    return pile(Connection(address), [ask_history(tag) for tag in range(1, 2_001)])


def partials(address, _):
    """Offers that are accepted and withdrawn before their first byte."""
    connection = Connection(address)
    return [connection], fail(connection, [f"empty/{n}" for n in range(3_000)], "no")


def failures(address, _):
    """Rows with the longest sentence that a client can put into one."""
    connection = Connection(address)
    return [connection], fail(connection, [f"failed/{n}" for n in range(1_500)], LONG)


def pages(_, http):
    """256 connections that ask for two long pages each."""
    connections = []
    for _ in range(256):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(endpoint(http))
        connections.append(connection)
    request = b"GET /history?limit=10000 HTTP/1.1\r\nHost: x\r\n\r\n"
    return connections, push(connections, request * 2)


CASES = {
    "stats": stats, "health": health, "patterns": patterns, "unread": unread,
    "partials": partials, "failures": failures, "pages": pages,
}


def main():
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    held, taken = CASES[sys.argv[3]](*sys.argv[1:3])
    print(f"all is sent: {taken} taken over {len(held)} connections", file=sys.stderr, flush=True)
    signal.sigwait([signal.SIGINT])


if __name__ == "__main__":
    main()
