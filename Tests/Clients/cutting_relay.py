"""Runs a sender through a relay that forwards so many bytes to the receiver, then kills the sender.

    cutting_relay.py HOST:PORT BYTES -- COMMAND...

{} in the command stands for the address of the relay.
"""

import socket
import subprocess
import sys
import threading


def forward(source, target):
    try:
        while part := source.recv(1 << 20):
            target.sendall(part)
    except OSError:
        pass  # the connection was cut


def main():
    address, count, _, *command = sys.argv[1:]
    host, port = address.rsplit(":", 1)
    listener = socket.create_server(("127.0.0.1", 0))
    own = f"127.0.0.1:{listener.getsockname()[1]}"
    sender = subprocess.Popen(
        [word.replace("{}", own) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    client, _ = listener.accept()
    receiver = socket.create_connection((host, int(port)))
    threading.Thread(target=forward, args=(receiver, client), daemon=True).start()
    left = int(count)
    while left:
        part = client.recv(min(left, 1 << 20))
        if not part:
            sys.exit(f"the sender ended {left} bytes early")
        receiver.sendall(part)
        left -= len(part)
    sender.kill()
    sender.wait()
    for connection in (receiver, client):
        connection.shutdown(socket.SHUT_RDWR)


if __name__ == "__main__":
    main()
