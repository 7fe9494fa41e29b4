"""A transfer that was cut near its end: the time until new bytes flow, and the bytes that are read again.

The sender is killed when the receiver has 7.9 of 8 GiB, and then again and again as soon as new content
is seen, which is kept from the receiver, so that one long transfer gives all the rounds. The last sender
goes on to its receipt.
"""

import os
import subprocess
import time

from Bench.contenders.xfer import LAZY, Xfer
from Bench.fixtures import sources
from Bench.instruments import long_link, memory, reads, servers, timing
from Bench.instruments.rounds import say
from Bench.instruments.servers import Failed
from Bench.instruments.watch import Watch


CASE = "resume"
GIB = 1 << 30


class Cut:
    """One file on its way, and senders of it that are killed."""

    def __init__(self, contender, source):
        self.contender, self.source = contender, source
        self.path = source.path(*source.names)

    def sender(self, port=None, before=()):
        address = f"127.0.0.1:{port or self.contender.server.port}"
        command = [*before, *self.contender.sender(self.path, "turn-0/large.bin", address)]
        with open(self.contender.path("client.log"), "ab") as log:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def arrived(self):
        incoming = self.contender.receiver.incoming
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
        deadline = time.monotonic() + servers.PATIENCE
        while memory.of_sessions(self.contender.server.pid):
            if time.monotonic() > deadline:
                raise Failed("the session of a killed sender did not end")
            time.sleep(0.02)

    def go_on(self, watch, port, cut=True, before=()):
        """Starts the sender again. Returns the seconds from its connection to the first new content, the
        offset of that, and the seconds to the receipt where it is not cut."""
        seen, here, watch.hold = len(watch.passages), self.arrived(), cut
        with self.sender(port, before) as sender:
            passage = self._passage(watch, seen, sender)
            if not passage.flowing.wait(servers.PATIENCE):
                sender.kill()
                raise Failed("no content came from the sender that went on")
            if cut:
                sender.kill()
            elif sender.wait(timing.LIMIT) != 0:
                raise Failed(f"the sender that went on ended with {sender.returncode}")
            receipt = None if cut else time.monotonic() - passage.connected
        self._wait_for_the_end_of_the_session()
        if passage.offset != here:
            raise Failed(f"it went on at {passage.offset}, and {here} bytes were there")
        return {"first": passage.first_content - passage.connected, "at": here, "receipt": receipt}

    @staticmethod
    def _passage(watch, seen, sender):
        deadline = time.monotonic() + servers.PATIENCE
        while len(watch.passages) <= seen:
            if time.monotonic() > deadline or sender.poll() is not None:
                raise Failed("the sender that goes on did not connect")
            time.sleep(0.001)
        return watch.passages[seen]


def read_again(cut, watch):
    """Returns the bytes before the offset that the sender read again; by strace, in a run that is not timed."""
    if not servers.find("strace"):
        return None
    log = cut.contender.path("reads")
    passed = cut.go_on(watch, watch.port, before=reads.trace(cut.path, log))
    reads.wait_until_written(log)
    return reads.before(passed["at"], log)


def measure(cut, options, directory):
    port, rounds = cut.contender.server.port, options.rounds
    link = long_link.proxy(port, directory, "--open")  # from the connection on
    try:
        with Watch(port) as near, Watch(link.port) as far:
            again = read_again(cut, near)
            distant = [cut.go_on(far, far.port) for _ in range(rounds)]
            direct = [cut.go_on(near, near.port, cut=i < rounds) for i in range(rounds + 1)]
    finally:
        link.stop()
    cut.source.compare(lambda name: os.path.join(cut.contender.receiver.files, "turn-0", name))
    say(f"  {[round(passed['first'] * 1000, 1) for passed in direct + distant]} ms")
    return again, direct, distant


def result(scenario, contender, size, passed, **more):
    seconds = [one["first"] for one in passed]
    return {
        "case": CASE, "scenario": scenario, "contender": contender.label, "bytes": size, "files": 1,
        "seconds": seconds, "client_cpu": [], "server_cpu": [], "missing": None, "error": None,
        "extra": {key: [value] for key, value in more.items()},
    }


def run(options):
    size = GIB // 4 if options.quick else 8 * GIB
    contender = Xfer(options.programs, "xfer, lazy", *LAZY)
    failed = {"case": CASE, "scenario": "resume", "contender": contender.label, "seconds": []}
    absent = contender.missing() or long_link.missing()
    if absent:
        return [failed | {"missing": absent}]
    source = sources.single(os.path.join(options.work, "source"), size)
    directory = os.path.join(options.work, "run")
    os.makedirs(directory)
    try:
        contender.start(directory)
        cut = Cut(contender, source)
        say(f"{CASE}: {size / GIB:g} GiB")
        cut.cut_at(int(size * (7 if options.quick else 7.9) / 8))
        again, direct, distant = measure(cut, options, directory)
    except (Failed, OSError) as error:
        return [failed | {"error": str(error)}]
    finally:
        contender.stop()
    here = f"{size / GIB:g} GiB cut at {direct[0]['at'] / GIB:.2f}"
    return [
        result(f"{here}, loopback", contender, size, direct[:-1],
               read_again=again, receipt=direct[-1]["receipt"]),
        result(f"{here}, {long_link.DELAY_MS} ms each way", contender, size, distant),
    ]
