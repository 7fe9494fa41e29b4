"""The interface of all that the bench compares."""

import os
import shutil

from Bench.instruments.servers import find


class Contender:
    """A server with its client.

    `programs` are what it needs, `label` is its name in the results. `start` gets an empty directory;
    `send` sends all of a source, once, and returns a Run; `clear` removes what arrived,
    `set_aside` only makes room for the next.
    """

    programs = ()
    server = None

    def missing(self):
        """Returns the reason why it cannot run here, or None."""
        absent = [program for program in self.programs if not find(program)]
        return f"not installed: {', '.join(absent)}" if absent else None

    def start(self, directory):
        self.directory = directory
        os.makedirs(self.received)

    @property
    def received(self):
        return self.path("received")

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def received_path(self, name):
        return os.path.join(self.received, name)

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)
        return self.path(name)

    def check(self, source):
        """Checks what else must be right beside the files."""

    def clear(self):
        shutil.rmtree(self.received)
        os.makedirs(self.received)

    def set_aside(self):
        os.rename(self.received, self.path(f"aside-{len(os.listdir(self.directory))}"))
        os.makedirs(self.received)

    def stop(self):
        if self.server:
            self.server.stop()
