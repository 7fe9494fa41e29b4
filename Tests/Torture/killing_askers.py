"""A client that asks for the history again and again while processes are killed. No row that it was shown may be
untrue, so each is compared with the receipts in the end."""

import ssl

from Rig import messages
from Rig.frames import Message
from Rig.messages import Refused
from Rig.native import Connection

LIMIT = 500  # rows of an answer
COMPLETED = 1


class Asker:
    def __init__(self, run, home):
        """`home` is the directory of its identity, or None."""
        self.run, self.home = run, home
        self.answers, self.lost = 0, 0
        self.shown = {}  # the completed rows that it has seen: {name: (size, digest)}

    def work(self):
        while not self.run.over.is_set():
            try:
                self._ask(Connection(self.run.receiver.address, identity=self.home))
            except (OSError, ssl.SSLError, SystemExit):
                self.run.over.wait(0.2)  # the receiver or the session was killed

    def _ask(self, connection):
        try:
            while not self.run.over.wait(0.05):
                connection.send(messages.ask_history(1, limit=LIMIT))
                try:
                    self._read(connection)
                    self.answers += 1
                except Refused:
                    self.lost += 1  # the process that reads the history was killed
        finally:
            connection.socket.close()

    def _read(self, connection):
        while True:
            kind, payload = connection.receive()
            if kind == Message.END:
                return
            if kind == Message.REFUSAL:
                raise Refused(payload)
            self._note(messages.row(payload))

    def _note(self, row):
        # Directories have no digest, and their receipts are not kept here.
        if row["status"] != COMPLETED or row["sha256"] is None:
            return
        seen = (row["size"], row["sha256"])
        if self.shown.setdefault(row["name"], seen) != seen:
            self.run.complain([f"{row['name']!r}: shown as {seen}, before as {self.shown[row['name']]}"])

    def lies(self, delivered):
        """Yields the rows that it was shown and that no receipt stands for, as sentences."""
        for name, (size, digest) in self.shown.items():
            if delivered.get(name) != (size, digest):
                yield f"{name!r}: shown as {size}, {digest.hex()}; the receipt says {delivered.get(name)}"
