"""Samples of what the long-lived processes of a receiver hold."""

import csv
import os
import statistics

from Rig.processes import memory

ROLES = ["supervisor", "recorder", "keys", "stats"]
# Growth that is still flat: a tenth of the memory and 2 MiB; descriptors and threads may not grow.
MEMORY_SHARE, MEMORY_BYTES = 0.10, 2 << 20
# SQLite uses the write-ahead log again from 32 MiB on; a long reader or a busy moment adds to it.
WAL_BYTES = 64 << 20


def incoming_sizes(directory):
    for entry in os.scandir(directory):
        try:
            yield entry.stat().st_size
        except FileNotFoundError:
            pass  # it got its name meanwhile


def look(receiver, elapsed):
    """Returns one sample, as {column: number}."""
    processes = receiver.processes()
    pids = {"supervisor": receiver.pid} | {it: pid for pid, it in processes.items() if it in ROLES}
    sample = {"seconds": round(elapsed)}
    for role in ROLES:
        pid = pids[role]
        sample[f"{role} pid"] = pid
        sample[f"{role} rss"], sample[f"{role} private"] = memory(pid)
        sample[f"{role} descriptors"] = len(os.listdir(f"/proc/{pid}/fd"))
        sample[f"{role} threads"] = len(os.listdir(f"/proc/{pid}/task"))
    sizes = list(incoming_sizes(receiver.incoming))
    sample |= {"incoming files": len(sizes), "incoming bytes": sum(sizes)}
    sample["wal bytes"] = os.path.getsize(receiver.database + "-wal")
    for role in ("session", "answers"):
        sample[f"{role} processes"] = sum(it.startswith(role) for it in processes.values())
    return sample


class Samples:
    def __init__(self, first, last):
        """The seconds at which the first span ends and the last one begins."""
        self.first, self.last = first, last
        self.all = []

    def add(self, sample):
        self.all.append(sample)

    def write(self, path):
        with open(path, "w", newline="") as file:
            writer = csv.DictWriter(file, self.all[0])
            writer.writeheader()
            writer.writerows(self.all)

    def spans(self, column):
        """Returns the figures of the first span after the start-up, and those of the last."""
        early = [s[column] for s in self.all if self.first <= s["seconds"] <= 2 * self.first]
        late = [s[column] for s in self.all if s["seconds"] >= self.last]
        return early, late

    def medians(self, column):
        """Returns the median of the first span after the start-up, and of the last."""
        return tuple(statistics.median(span) for span in self.spans(column))

    def growths(self):
        """Yields what was not flat, as sentences."""
        if not any(sample["seconds"] >= self.last for sample in self.all):
            yield "the run ended before its last span, in which growth would be seen"
            return
        for role in ROLES:
            yield from self._growths_of(role)
        for what, slack in (("files", 20), ("bytes", 64 << 20)):
            early, late = self.medians(f"incoming {what}")
            if late > 2 * early + slack:
                yield f"incoming/: grew from {early} to {late} {what}"
        if (most := max(sample["wal bytes"] for sample in self.all)) > WAL_BYTES:
            yield f"the write-ahead log grew to {most} bytes"

    def _growths_of(self, role):
        early, late = self.medians(f"{role} private")
        if late > early * (1 + MEMORY_SHARE) + MEMORY_BYTES:
            yield f"{role}: private memory grew from {early} to {late} bytes"
        for what in ("threads", "descriptors"):
            # Recorder and keys have one descriptor for each session, the stats process one for each page. The
            # supervisor has one only while it hands a connection over, so that its least number counts.
            early, late = map(min, self.spans(f"{role} {what}")) if role == "supervisor" else self.medians(f"{role} {what}")
            if late > early + (0 if role == "supervisor" else 16):
                yield f"{role}: {what} grew from {early} to {late}"
        if len({sample[f"{role} pid"] for sample in self.all}) > 1:
            yield f"{role}: was started again"

    def table(self):
        """Returns the table for docs/reliability.md."""
        columns = [f"{role} {what}" for role in ROLES for what in ("private", "descriptors", "threads")]
        lines = ["| | early | late | most |", "| --- | --- | --- | --- |"]
        for column in [*columns, "wal bytes", "incoming files", "incoming bytes", "session processes", "answers processes"]:
            early, late = self.medians(column)
            most = max(sample[column] for sample in self.all)
            is_size = column.endswith(("private", "bytes"))
            shown = [f"{n / (1 << 20):.1f} MiB" if is_size else f"{n:g}" for n in (early, late, most)]
            lines.append(f"| {column} | {' | '.join(shown)} |")
        return "\n".join(lines)
