"""Senders push trees while processes are killed at random; in the end all must be there, once.

About every second a process is killed with SIGKILL: the recorder, the process of the key, the stats process, a
session, an answers process, the supervisor alone, or a sender. About every minute the whole receiver is. Every second
sender is identified and encrypted. Clients that ask for the history meanwhile are shown nothing that is not true.
"""

import random
import select
import os
import time

from Rig import identity
from Rig.evidence import compare, rows
from Rig.processes import kill_child
from Torture.killing_askers import Asker
from Torture.killing_senders import Sender
from Torture.run import Run, parse

# The share of each role among the kills, of a hundred.
ROLES = {
    "session": 38, "recorder": 24, "keys": 10, "answers": 6, "stats": 6, "supervisor": 6, "sender": 10,
}  # fmt: skip
PERMANENT = {"recorder", "keys", "stats"}
WHOLE_EVERY = 60
REPORT_EVERY = 30
FINISH_SECONDS = 900


class Killer:
    def __init__(self, run, senders):
        self.run, self.senders = run, senders
        self.receiver = run.receiver
        self.chance = random.Random(run.options.seed)
        self.kills = dict.fromkeys([*ROLES, "everything"], 0)
        self.refused_starts = 0
        # A short run has one of these, too.
        self.whole_every = min(WHOLE_EVERY, run.options.seconds / 2.5)

    def work(self):
        whole_at, report_at = self._next_whole(), REPORT_EVERY
        while self._goes_on() and not self.run.over.is_set():
            self.run.over.wait(self.chance.uniform(0.5, 1.5))
            if self.run.elapsed >= whole_at:
                self._kill_everything()
                whole_at = self._next_whole()
            else:
                self._kill_one()
            if self.run.elapsed >= report_at:
                self._report()
                report_at += REPORT_EVERY

    def _goes_on(self):
        return self.run.elapsed < self.run.options.seconds or sum(self.kills.values()) < self.run.options.kills

    def _next_whole(self):
        return self.run.elapsed + self.whole_every * self.chance.uniform(0.75, 1.25)

    def _kill_one(self):
        (role,) = self.chance.choices(list(ROLES), ROLES.values())
        if role == "supervisor":
            return self._kill_supervisor()
        if role == "sender":
            killed = self.chance.choice(self.senders).kill()
        else:
            pids = [pid for pid, it in self.receiver.processes().items() if it.startswith(role)]
            killed = pids and kill_child(self.chance.choice(sorted(pids)), self.receiver.pid)
        self.kills[role] += 1 if killed else 0

    def _kill_everything(self):
        self.receiver.kill_everything()
        self.kills["everything"] += 1
        self.run.over.wait(self.chance.uniform(0, 2))  # down for a while, as a machine would be
        self._start()

    def _kill_supervisor(self):
        """Its children must die of it: one that lived on would hold the lock or write beside the next."""
        children = self._watched_children()
        self.receiver.kill_supervisor()
        self.kills["supervisor"] += 1
        if self.chance.random() < 0.5:
            self._start()
        for pid, descriptor in children.items():
            if not select.select([descriptor], [], [], 10)[0]:
                self.run.complain([f"child {pid} outlived the supervisor by 10 seconds"])
            os.close(descriptor)
        if not self.receiver.runs:
            self._start()

    def _watched_children(self):
        children = {}
        for pid in self.receiver.processes():
            try:
                children[pid] = os.pidfd_open(pid)
            except ProcessLookupError:
                continue
        return children

    def _start(self):
        """A start may come while the last recorder is dying, and be refused: its lock is still held."""
        deadline = time.monotonic() + 10
        while True:
            try:
                return self.receiver.start()
            except RuntimeError as error:
                if "another receiver works" not in str(error) or time.monotonic() > deadline:
                    raise
                self.refused_starts += 1
                time.sleep(0.05)

    def _report(self):
        killed = ", ".join(f"{role} {count}" for role, count in self.kills.items())
        counts = self.run.counts
        print(
            f"{self.run.elapsed:6.0f} s  killed: {killed};  {counts['rounds']} trees, "
            f"{counts['files']} files, {counts['bytes'] >> 20} MiB audited",
            flush=True,
        )


def check_all(run, delivered):
    """Compares the whole history with all receipts; nothing may be left anywhere. Returns the number of
    rows, and of those that have the digest that was received."""
    seen, digests = 0, 0
    missing = dict(delivered)
    for row in rows(run.receiver.database):
        if row.status == 2:
            continue
        seen += 1
        if missing.pop(row.name, None) == (row.size, bytes.fromhex(row.sha256)):
            digests += 1
        else:
            run.complain([f"a row that no receipt stands for, or the second one: {row}"])
    run.complain([f"{name!r}: a receipt, and no row" for name in missing])
    run.complain(compare({}, run.receiver.files)[1])
    run.complain([f"{entry}: left in incoming/" for entry in os.listdir(run.receiver.incoming)])
    return {"rows": seen, "digests": digests}


def finish_senders(run, threads):
    """No more kills: every sender now has to come to its end."""
    run.over.set()
    deadline = time.monotonic() + FINISH_SECONDS
    for thread in threads:
        thread.join(max(0, deadline - time.monotonic()))
        if thread.is_alive():
            run.complain([f"{thread.name} did not end, {FINISH_SECONDS} s after the last kill"])


def check_roles(run, patience=30):
    """Each permanent process has to be there again."""
    end = time.monotonic() + patience
    while (missing := PERMANENT - set(run.receiver.processes().values())) and time.monotonic() < end:
        time.sleep(0.1)
    run.complain([f"the {role} process was not started again" for role in sorted(missing)])


def enrol(run):
    """Makes the senders, half of them with an identity, and the askers, one of them with one."""
    senders = [Sender(run, number) for number in range(run.options.senders)]
    for sender in senders[::2]:
        sender.home = identity.join(run.receiver, f"sender-{sender.number}", run.path("homes", sender.name))
    reader = identity.join(run.receiver, "reader", run.path("homes", "reader"), "--history", "all")
    return senders, [Asker(run, None), Asker(run, reader)]


def main(arguments):
    run = Run(parse("kills", __doc__, arguments, minutes=30, senders=20))
    senders, askers = [], []
    try:
        run.receiver.start()
        senders, askers = enrol(run)
        killer = Killer(run, senders)
        threads = [run.start(sender.name, sender.work) for sender in senders]
        threads += [run.start("asker", asker.work) for asker in askers]
        run_killer = run.start("killer", killer.work)
        run_killer.join()
        finish_senders(run, threads)
        check_roles(run)
        if (status := run.receiver.stop()) != 0:
            run.complain([f"the receiver ended with {status}"])
    finally:
        run.receiver.kill_everything()
        for sender in senders:
            sender.kill()
    delivered = {name: what for sender in senders for name, what in sender.delivered.items()}
    found = check_all(run, delivered)
    run.complain([lie for asker in askers for lie in asker.lies(delivered)])
    found["answers"] = sum(asker.answers for asker in askers)
    found["lost_answers"] = sum(asker.lost for asker in askers)
    restarts = {"restarts": killer.kills["everything"] + killer.kills["supervisor"]}
    restarts["refused_starts"] = killer.refused_starts
    return run.finish({"kills": killer.kills} | restarts | dict(run.counts) | found)
