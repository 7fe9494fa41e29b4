"""Accepts connections of xferctl and sends nothing; prints how many there were when it gave up.

mute_receiver.py PROGRAMS TREE
"""

import socket
import subprocess
import sys
import threading

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig.ports import address_of


def accept(listener, taken):
    while True:
        taken.append(listener.accept())


def main():
    programs, tree = sys.argv[1:]
    listener, taken = socket.create_server(("127.0.0.1", 0)), []
    threading.Thread(target=accept, args=(listener, taken), daemon=True).start()
    command = [programs + "/xferctl", "send", tree, "--server", address_of(listener)]
    subprocess.run([*command, "--timeout", "1", "--retry-for", "3s"], timeout=150)
    print(len(taken))


if __name__ == "__main__":
    main()
