"""Many senders at once. The same files are sent by one sender, by 8, 64 and 512, so that only their
number changes; each sender has a directory of hard links to its share of them."""

import os
import time

from Bench.contenders.rsync import Rsync
from Bench.contenders.xfer import LAZY, Xfer
from Bench.fixtures import sources
from Bench.instruments import memory, servers, together
from Bench.instruments.rounds import Entry, measure
from Rig.native import Connection


CASE = "clients"
MIB = 1 << 20


def share(pool, directory, senders):
    """Deals the files of the pool out to so many directories."""
    names = []
    for i, name in enumerate(pool.names):
        names.append(f"sender-{i % senders:03}/{name}")
        path = os.path.join(directory, names[-1])
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.link(pool.path(name), path)
    return sources.Source(directory, names)


def parts(source):
    return sorted({name.split("/")[0] for name in source.names})


class ManyXfer(Xfer):
    def send(self, source):
        self.turn += 1
        commands = [
            self.sender(source.path(part), f"{self.prefix}/{part}") for part in parts(source)
        ]
        log = self.path("client.log")
        return self.watched(lambda: together.run(commands, self.server, log))


class ManyRsync(Rsync):
    def send(self, source):
        commands = [self.sender(source.path(part), f"{part}/") for part in parts(source)]
        return together.run(commands, self.server, self.path("client.log"))


def idle(options, directory, count=64):
    """Measures the private memory of sessions with clients that say nothing after the greeting."""
    contender = Xfer(options.programs, f"xfer, {count} idle sessions", *LAZY)
    result = {"case": CASE, "scenario": "idle", "contender": contender.label, "seconds": []}
    result |= {"missing": contender.missing(), "error": None, "extra": {}}
    if result["missing"]:
        return result
    os.makedirs(directory)
    try:
        contender.start(directory)
        connections = [Connection(contender.receiver.address) for _ in range(count)]
        time.sleep(1)
        sizes = list(memory.of_sessions(contender.server.pid).values())
        result["extra"] = {"private_bytes": [max(sizes)], "sessions": [len(sizes)]}
        for connection in connections:
            connection.socket.close()
    except (servers.Failed, OSError, SystemExit, ValueError) as error:
        result["error"] = str(error)
    finally:
        contender.stop()
    return result


def contenders(options, senders):
    yield ManyXfer(options.programs, "xfer, lazy", *LAZY)
    if senders in (1, 64) and not options.quick:
        yield ManyXfer(options.programs, "xfer, as by default")
    yield ManyRsync("rsync")


def run(options):
    files, size, counts = (128, 4 * MIB, [1, 64]) if options.quick else (512, 4 * MIB, [1, 8, 64, 512])
    pool = sources.uniform(os.path.join(options.work, "pool"), files, size)
    results = []
    for senders in counts:
        directory = os.path.join(options.work, f"{senders}-senders")
        source = share(pool, os.path.join(directory, "source"), senders)
        entries = [Entry(contender, source) for contender in contenders(options, senders)]
        scenario = f"{senders} sender{'s' if senders > 1 else ''}, {pool.bytes / 2**30:g} GiB in all"
        results += measure(CASE, scenario, entries, options.rounds, directory)
    return results + [idle(options, os.path.join(options.work, "idle"))]
