"""A long link: 50 ms each way and 1 Gbit/s, by a proxy of the bench's own (fixtures/link.c)."""

import os

from Bench.fixtures.compiled import compiled
from Bench.instruments.servers import Server
from Rig.ports import free_port

DELAY_MS, MBIT = 50, 1000


def missing():
    """Returns the reason why there is no link here, or None."""
    return None if compiled("link") else "not compiled: needs cc"


def proxy(to, directory, *flags):
    """Starts a link to a port of this machine; its `port` is the near end."""
    port = free_port()
    command = [compiled("link"), str(port), str(to), str(DELAY_MS), str(MBIT), *flags]
    return Server(command, port, os.path.join(directory, "link.log"))


def ideal(size):
    """Returns the time that the goals compare with: the bytes at the link's bandwidth, and four round trips."""
    return size * 8 / (MBIT * 1e6) + 4 * 2 * DELAY_MS / 1000
