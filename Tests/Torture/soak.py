"""A mixed load for a long time, without faults but those of clients; long-lived processes must not grow.

Small trees, large files, one connection a file, each of them plain and encrypted, classic clients, transfers that
are broken off and never resumed, and readers of the pages. In the end, without any client, all has to be as in the
beginning.
"""

import collections
import json
import re
import time

from Rig import identity
from Rig.evidence import rows
from Torture.loads import KINDS, SEND_SECONDS, Load
from Torture.run import Run, parse
from Torture.samples import ROLES, Samples, look

SHORT_LIVED = ("session", "answers")
EVERY = 15
KEEP_SECONDS = 60
# The receiver looks once a minute for files that are too old.
EXPIRY_SECONDS = KEEP_SECONDS + 60 + 30


def sample_all(run, samples):
    while run.elapsed < run.options.seconds and not run.over.wait(min(EVERY, run.options.seconds / 40)):
        sample = look(run.receiver, run.elapsed)
        samples.add(sample)
        if len(samples.all) % 20 == 1:
            print(json.dumps(sample), flush=True)
    run.over.set()


def settle(run, is_expiring):
    """Waits until no session is left and what was broken off has expired, and looks once more."""
    end = time.monotonic() + EXPIRY_SECONDS
    while True:
        sample = look(run.receiver, run.elapsed)
        is_left = any(sample[f"{role} processes"] for role in SHORT_LIVED)
        is_idle = not is_left and not (is_expiring and sample["incoming files"])
        if is_idle or time.monotonic() > end:
            return sample
        time.sleep(0.5)


def differences(first, last, is_expiring):
    """Yields what is not as it was before the load began."""
    for role in SHORT_LIVED:
        if last[f"{role} processes"]:
            yield f"{last[f'{role} processes']} {role} processes are left"
    if is_expiring and last["incoming files"]:
        yield f"incoming/: {last['incoming files']} files have not expired"
    for role in ROLES:
        for what in ("descriptors", "threads"):
            before, after = first[f"{role} {what}"], last[f"{role} {what}"]
            # The stats process makes threads for its pages as they are first asked for, and keeps them.
            if after > before and role != "stats":
                yield f"{role}: {after} {what} when all had ended, {before} before it began"


def expired(receiver):
    """Returns the number of partial files that were not resumed and that the log says were removed."""
    with open(receiver.log) as log:
        found = re.findall(r"removed partial files that were not resumed.* files=(\d+)", log.read())
    return sum(map(int, found))


def count_rows(run, is_expiring):
    """Compares the history with the counts of the clients. Yields differences as sentences."""
    counts = collections.Counter()
    for row in rows(run.receiver.database):
        counts[row.status, row.protocol] += 1
    wanted = {
        (1, 1): run.counts["receipts"],
        (1, 2): run.counts["classic receipts"],
        (2, 1): run.counts["broken off"],
    }
    for key in counts.keys() | wanted.keys():
        if counts[key] != wanted.get(key, 0):
            yield f"{counts[key]} rows of status {key[0]} and protocol {key[1]}, {wanted.get(key, 0)} expected"
    if is_expiring and (number := expired(run.receiver)) != run.counts["broken off"]:
        yield f"{number} files expired, {run.counts['broken off']} were broken off"


def send_first(run):
    """Sends one set. The recorder makes the thread that sums up sets for the first one, and keeps it."""
    load = Load(run, "first", *KINDS["single"])
    load.one(load, "first/00000")


def main(arguments):
    run = Run(parse("soak", __doc__, arguments, minutes=60, senders=0), "--keep-partial", f"{KEEP_SECONDS}s")
    samples = Samples(run.options.seconds / 6, run.options.seconds * 5 / 6)
    is_expiring = run.options.seconds >= 2 * EXPIRY_SECONDS
    try:
        run.receiver.start()
        run.home = identity.join(run.receiver, "soak", run.path("home"))
        send_first(run)
        first = look(run.receiver, run.elapsed)
        threads = [run.start(name, Load(run, name, *kind).work) for name, kind in KINDS.items()]
        sample_all(run, samples)
        for thread in threads:
            thread.join(SEND_SECONDS)
        if not run.problems:
            run.complain(list(differences(first, settle(run, is_expiring), is_expiring)))
        if (status := run.receiver.stop()) != 0:
            run.complain([f"the receiver ended with {status}"])
    finally:
        run.receiver.kill_everything()
    run.complain([] if run.problems else list(count_rows(run, is_expiring)))
    run.complain(list(samples.growths()))
    if run.options.samples:
        samples.write(run.options.samples)
    if not run.problems:
        print(samples.table(), flush=True)
    return run.finish({"samples": len(samples.all)} | dict(run.counts))
