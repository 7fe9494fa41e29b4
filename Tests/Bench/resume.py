"""A transfer that was cut near its end: how soon new bytes flow, and what is read again for it.

The sender is killed when the receiver has 7.9 of 8 GiB, and then again and again as soon as new content
is seen, which is kept from the receiver, so that one long transfer gives all the rounds. The last sender
goes on to its receipt.
"""

import os
import subprocess
import time

import memory
import processes
import reads
import sources
from compiled import compiled
from link import DELAY_MS, proxy
from processes import Failed
from rounds import say
from watch import Watch
from xfer import LAZY, Xfer

CASE = "resume"
GIB = 1 << 30


class Cut:
    """One file on its way, and senders of it that are killed."""

    def __init__(self, receiver, source):
        self.receiver, self.source = receiver, source
        self.path = source.path(*source.names)

    def sender(self, port=None, before=()):
        address = f"127.0.0.1:{port or self.receiver.server.port}"
        command = [*before, *self.receiver.sender(self.path, "turn-0/large.bin", address)]
        with open(self.receiver.path("client.log"), "ab") as log:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def arrived(self):
        incoming = self.receiver.path("data", "incoming")
        return max((entry.stat().st_size for entry in os.scandir(incoming)), default=0)

    def cut_at(self, size):
        """Sends until so much is here, and kills the sender."""
        with self.sender() as sender:
            while self.arrived() < size:
                if sender.poll() is not None:
                    raise Failed("the first sender ended before it was cut")
                time.sleep(0.002)
            sender.kill()
        self._wait_for_the_end_of_the_session()

    def _wait_for_the_end_of_the_session(self):
        deadline = time.monotonic() + processes.PATIENCE
        while memory.of_sessions(self.receiver.server.pid):
            if time.monotonic() > deadline:
                raise Failed("the session of a killed sender did not end")
            time.sleep(0.02)

    def go_on(self, watch, port, cut=True, before=()):
        """Starts the sender again. Returns what passed: seconds from its connection to the first new
        content, the offset of that, and seconds to the receipt where it is not cut."""
        seen, here, watch.hold = len(watch.passages), self.arrived(), cut
        with self.sender(port, before) as sender:
            passage = self._passage(watch, seen, sender)
            if not passage.flowing.wait(processes.PATIENCE):
                sender.kill()
                raise Failed("no content came from the sender that went on")
            if cut:
                sender.kill()
            elif sender.wait(processes.LIMIT) != 0:
                raise Failed(f"the sender that went on ended with {sender.returncode}")
            receipt = None if cut else time.monotonic() - passage.connected
        self._wait_for_the_end_of_the_session()
        if passage.offset != here:
            raise Failed(f"it went on at {passage.offset}, and {here} bytes were there")
        return {"first": passage.first_content - passage.connected, "at": here, "receipt": receipt}

    @staticmethod
    def _passage(watch, seen, sender):
        deadline = time.monotonic() + processes.PATIENCE
        while len(watch.passages) <= seen:
            if time.monotonic() > deadline or sender.poll() is not None:
                raise Failed("the sender that goes on did not connect")
            time.sleep(0.001)
        return watch.passages[seen]


def read_again(cut, watch):
    """Bytes before the offset that the sender read again; by strace, in a run that is not timed."""
    if not processes.find("strace"):
        return None
    log = cut.receiver.path("reads")
    passed = cut.go_on(watch, watch.port, before=reads.trace(cut.path, log))
    reads.wait_until_written(log)
    return reads.before(passed["at"], log)


def measure(cut, options, directory):
    near = Watch(cut.receiver.server.port)
    link = proxy(cut.receiver.server.port, directory, "--open")  # from the connection on
    far = Watch(link.port)
    try:
        again = read_again(cut, near)
        distant = [cut.go_on(far, far.port) for _ in range(options.rounds)]
        direct = [cut.go_on(near, near.port, cut=i < options.rounds) for i in range(options.rounds + 1)]
    finally:
        near.close()
        far.close()
        link.stop()
    cut.source.compare(lambda name: cut.receiver.path("data", "files", "turn-0", name))
    say(f"  {[round(passed['first'] * 1000, 1) for passed in direct + distant]} ms")
    return again, direct, distant


def result(scenario, receiver, size, passed, **more):
    seconds = [one["first"] for one in passed]
    return {
        "case": CASE, "scenario": scenario, "contender": receiver.label, "bytes": size, "files": 1,
        "seconds": seconds, "client_cpu": [], "server_cpu": [], "missing": None, "error": None,
        "extra": {key: [value] for key, value in more.items()},
    }


def run(options):
    size = GIB // 4 if options.quick else 8 * GIB
    receiver = Xfer(options.programs, "xfer, lazy", *LAZY)
    failed = {"case": CASE, "scenario": "resume", "contender": receiver.label, "seconds": []}
    absent = receiver.missing() or (None if compiled("link") else "not compiled: needs cc")
    if absent:
        return [failed | {"missing": absent}]
    source = sources.single(os.path.join(options.work, "source"), size)
    directory = os.path.join(options.work, "run")
    os.makedirs(directory)
    try:
        receiver.start(directory)
        cut = Cut(receiver, source)
        say(f"{CASE}: {size / GIB:g} GiB")
        cut.cut_at(int(size * (7 if options.quick else 7.9) / 8))
        again, direct, distant = measure(cut, options, directory)
    except (Failed, OSError) as error:
        return [failed | {"error": str(error)}]
    finally:
        receiver.stop()
    here = f"{size / GIB:g} GiB cut at {direct[0]['at'] / GIB:.2f}"
    return [
        result(f"{here}, loopback", receiver, size, direct[:-1],
               read_again=again, receipt=direct[-1]["receipt"]),
        result(f"{here}, {DELAY_MS} ms each way", receiver, size, distant),
    ]
