"""Runs a sender through a relay that forwards so many bytes to the receiver, then kills the sender.

    cutting_relay.py HOST:PORT BYTES -- COMMAND...

The address of the relay takes the place of {} in the command.
"""

import subprocess
import sys
import threading

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig.relay import Passage, Relay


class Cut(Relay):
    """Relays the connection of a sender, and passes on so many of its bytes. `over` is set behind the last."""

    def __init__(self, target, count):
        super().__init__(target)
        self.left, self.over = count, threading.Event()

    def passage(self, sender):
        return CutPassage(sender, self.target, self)


class CutPassage(Passage):
    def __init__(self, sender, target, cut):
        super().__init__(sender, target)
        self.cut = cut

    def run(self):
        try:
            super().run()
        finally:
            self.cut.over.set()

    def pass_on(self, source, block):
        if source is self.sender:
            block = block[: self.cut.left]
            self.cut.left -= len(block)
        self.other(source).sendall(block)
        if not self.cut.left:
            self.cut.over.set()
        return True

    def ended(self, source):
        self.cut.over.set()
        return True


def main():
    address, count, _, *command = sys.argv[1:]
    with Cut(address, int(count)) as cut:
        words = [word.replace("{}", cut.address) for word in command]
        sender = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cut.over.wait()
        sender.kill()
        sender.wait()
        for passage in cut.passages:
            passage.join()
    if cut.left:
        sys.exit(f"the sender ended {cut.left} bytes early")


if __name__ == "__main__":
    main()
