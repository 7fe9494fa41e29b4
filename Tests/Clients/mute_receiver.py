"""Accepts connections of xferctl and sends nothing; prints how many there were when it gave up.

mute_receiver.py PROGRAMS TREE
"""

import socket
import subprocess
import sys
import threading

programs, tree = sys.argv[1:]
listener, taken = socket.create_server(("127.0.0.1", 0)), []


def accept():
    while True:
        taken.append(listener.accept())


threading.Thread(target=accept, daemon=True).start()
address = "127.0.0.1:%d" % listener.getsockname()[1]
subprocess.run(
    [programs + "/xferctl", "send", tree, "--server", address, "--timeout", "1", "--retry-for", "3s"],
    timeout=150,
)
print(len(taken))
