"""The results of the sends through a bad link, compared with the promise."""

import collections

from Rig.evidence import audit, completed, history

# The words of a sender for what broke a connection, and the word for it in the summary.
SAID = (
    ("checksum mismatch", "damaged message"),
    ("message of", "damaged length"),
    ("begin with the four bytes", "damaged magic"),
    ("unexpected first bytes", "damaged magic"),
    ("nothing came for", "silence"),
    ("no whole greeting", "silence"),
    ("connection lost", "lost connection"),
    ("was lost", "lost connection"),
)
FAILED = "SELECT name, reason, attempts FROM transfer WHERE status = 2"


def word(line):
    return next((short for part, short in SAID if part in line), line)


def counters():
    return collections.defaultdict(collections.Counter)


class Outcome:
    def __init__(self):
        self.sends = self.connections = self.applied = self.missed = 0
        self.kinds, self.ended = counters(), counters()
        self.control_offsets, self.control_faults = {}, counters()
        self.sent, self.received, self.flips, self.problems = {}, [], [], []
        self.counts, self.failures = {}, collections.Counter()
        self.noticed, self.places = collections.Counter(), collections.Counter()

    def add(self, send, files, connections, status, objects, said):
        """A send is over: `files` are its paths by name, `said` what it told of its connections."""
        self.sends += 1
        self.connections += connections
        self.sent |= files
        self.received += objects
        for fault in send.plan:
            self.count(fault)
            if fault.applied and fault.kind == "flip":
                self.flips.append((send.folder, fault, said))
        if status != 0:
            plan = [fault for fault in send.plan if fault.applied]
            self.problems.append(f"send {send.folder} ended with {status}: {plan} {said[-3:]}")

    def count(self, fault):
        if fault.applied:
            self.applied += 1
            self.kinds[fault.kind][fault.way] += 1
            if fault.ended_by:
                self.ended[fault.kind][fault.ended_by] += 1
            if fault.is_control:
                self.control_faults[fault.way][fault.kind] += 1
        else:
            self.missed += 1
            if fault.is_control:
                self.problems.append(f"not reached: {fault}")

    def judge(self, receiver):
        """Looks at what is there in the end. Nothing that was published is ever replaced or
        removed, and no row is, so it also tells what was there at any time."""
        self.counts, problems = audit(receiver, self.sent, self.received, ended=True)
        self.problems += problems
        self.judge_ids(receiver.database)
        reasons = collections.defaultdict(set)
        with history(receiver.database) as database:
            for name, reason, attempts in database.execute(FAILED):
                self.failures[reason] += attempts
                reasons[name.split("/")[0]].add(reason)
            told = database.execute("SELECT failures FROM total").fetchone()[0]
            if told != self.failures.total():
                self.problems.append(f"rows tell of {self.failures.total()} failures, the total of {told}")
        for folder, fault, said in self.flips:
            self.judge_flip(folder, fault, reasons[folder] | {word(line) for line in said})

    def judge_ids(self, database):
        """A sender that comes back with its id must find the row of it."""
        ids = {entry["name"]: entry.get("transfer_id") for entry in self.received}
        for row in completed(database):
            if ids.get(row.name) != row.transfer_id:
                self.problems.append(f"{row.name}: row {row.transfer_id}, receipt {ids.get(row.name)}")

    def judge_flip(self, folder, fault, notes):
        """A flip is caught where it left a failed row, or made the sender try again. One without
        any trace was taken for what had been sent."""
        self.places[f"{fault.place}, {fault.way}"] += 1
        self.noticed.update(notes or ["not at all"])
        if not notes:
            self.problems.append(f"send {folder}: a flip was not noticed: {fault}")

    def summary(self):
        uncaught = self.noticed["not at all"]
        return {
            "faults": self.applied, "not_reached": self.missed, "kinds": self.kinds,
            "ended_by": self.ended, "control_offsets": self.control_offsets,
            "control_faults": self.control_faults, "sends": self.sends,
            "connections": self.connections, **self.counts, "failures": self.failures,
            "flips": {
                "applied": len(self.flips), "caught": len(self.flips) - uncaught,
                "uncaught": uncaught, "noticed_as": self.noticed, "places": self.places,
            },
            "problems": self.problems,
        }  # fmt: skip
