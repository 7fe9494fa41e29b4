"""Processes as the kernel shows them in /proc (proc(5))."""

import os
import re
import signal

GONE = (FileNotFoundError, ProcessLookupError)
TICK = os.sysconf("SC_CLK_TCK")


def stat_fields(pid):
    """Returns the fields of a process behind its name, state and parent first. None if it is gone."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()
    except GONE:
        return None


def all_fields():
    """Returns the fields of every process, by its number; None for one that has just gone."""
    return {int(entry): stat_fields(entry) for entry in os.listdir("/proc") if entry.isdigit()}


def parent(pid):
    """Returns the parent of a process. None if it is gone, or has ended and waits to be reaped."""
    return _living_parent(stat_fields(pid))


def _living_parent(fields):
    return None if fields is None or fields[0] in "ZX" else int(fields[1])


def children(pid):
    """Returns the numbers of the living children of a process."""
    return {child for child, fields in all_fields().items() if _living_parent(fields) == pid}


def tree(root):
    """Returns the processes below `root`, itself among them, with the fields of their stat."""
    found = all_fields()
    below, added = {}, {root}
    while added:
        below |= {pid: found[pid] for pid in added if found.get(pid)}
        added = {pid for pid, fields in found.items() if fields and int(fields[1]) in below} - below.keys()
    return below


def processor_time(root):
    """Returns the seconds of processor time of a process and those below it, reaped ones included."""
    return sum(int(n) for fields in tree(root).values() for n in fields[11:15]) / TICK


def title(pid):
    """Returns the role that a process of a receiver has in its title: `recorder`, `session ADDRESS`."""
    try:
        with open(f"/proc/{pid}/cmdline") as file:
            return file.read().split("\0")[0].removeprefix("xferd: ")
    except GONE:
        return ""


def memory(pid):
    """Returns the resident and the private bytes of a process."""
    with open(f"/proc/{pid}/smaps_rollup") as file:
        found = dict(re.findall(r"^(\w+):\s+(\d+) kB", file.read(), re.MULTILINE))
    resident, clean, dirty = (int(found.get(key, 0)) << 10 for key in ("Rss", "Private_Clean", "Private_Dirty"))
    return resident, clean + dirty


def kill_child(pid, of):
    """Kills a process only if it still is a child of `of`, because a number may be given again.
    Returns true if it was killed."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return False
    try:
        if parent(pid) != of:
            return False
        signal.pidfd_send_signal(descriptor, signal.SIGKILL)
        return True
    except ProcessLookupError:
        return False
    finally:
        os.close(descriptor)
