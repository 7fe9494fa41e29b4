"""The private memory of a receiver's sessions, read while they work. It costs the machine something, so
it is done in the round that is not counted."""

import threading

from Rig import processes


def private(pid):
    """Returns the private bytes of a process, or 0 if it has just ended."""
    try:
        return processes.memory(pid)[1]
    except (*processes.GONE, PermissionError):
        return 0


def of_sessions(supervisor):
    """Returns the private bytes of each session, by process."""
    sessions = [pid for pid in processes.tree(supervisor) if processes.title(pid).startswith("session")]
    return {pid: size for pid in sessions if (size := private(pid))}


class Sampler:
    """Remembers the most that each session had, from the beginning to the end of the block."""

    def __init__(self, supervisor, pause=0.05):
        self.supervisor, self.pause = supervisor, pause
        self.most = {}
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self):
        while not self.over.wait(self.pause):
            for pid, size in of_sessions(self.supervisor).items():
                self.most[pid] = max(size, self.most.get(pid, 0))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    @property
    def largest(self):
        return max(self.most.values(), default=None)
