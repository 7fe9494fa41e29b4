"""A receiver that comes back on its ports."""

import os
import re
import signal
import subprocess
import time
import urllib.request

from Rig import processes
from Rig.ports import free_port

PATIENCE = 60


class Receiver:
    """An xferd. Later starts use the ports of the first one, so that senders find it again."""

    def __init__(self, programs, data, *options, log):
        self.programs, self.data, self.options, self.log = programs, data, options, log
        self.port = free_port()
        self.address, self.http = f"127.0.0.1:{self.port}", f"127.0.0.1:{free_port()}"
        self.process = None

    @property
    def files(self):
        return os.path.join(self.data, "files")

    @property
    def incoming(self):
        return os.path.join(self.data, "incoming")

    @property
    def database(self):
        return os.path.join(self.data, "history.sqlite")

    @property
    def pid(self):
        return self.process.pid

    @property
    def runs(self):
        return self.process is not None and self.process.poll() is None

    @property
    def command(self):
        """The words that start it."""
        ports = ["--listen", self.address, "--http", self.http]
        return [f"{self.programs}/xferd", *ports, "--data", self.data, *self.options]

    def start(self, patience=PATIENCE):
        """Starts it and returns when it receives and serves its pages."""
        with open(self.log, "ab") as log:
            start = log.tell()
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log
            )
        deadline = time.monotonic() + patience
        while "receiving on " not in (said := self._said(start)):
            if not self.runs or time.monotonic() > deadline:
                raise RuntimeError(f"the receiver did not start ({self.process.poll()}):\n{said}")
            time.sleep(0.02)
        return self

    def _said(self, start):
        with open(self.log, "rb") as log:
            log.seek(start)
            return log.read().decode(errors="replace")

    def processes(self):
        """Returns the living children of the supervisor: {pid: 'recorder', 'stats' or 'session ADDRESS'}.
        A child that has not yet set its title has the supervisor's."""
        return {pid: processes.title(pid) for pid in processes.children(self.pid)}

    def metrics(self):
        """Returns the figures of /metrics that have no labels."""
        with urllib.request.urlopen(f"http://{self.http}/metrics", timeout=PATIENCE) as page:
            text = page.read().decode()
        return {name: float(value) for name, value in re.findall(r"^(\w+) (\S+)$", text, re.MULTILINE)}

    def kill_supervisor(self):
        """Kills the supervisor alone; its children are to die of it."""
        self.process.kill()
        self.process.wait()

    def kill_everything(self):
        """Kills all of its processes, if it runs."""
        if not self.runs:
            return
        children = self.processes()
        # Stopped first, so that it does not start others while its children are killed.
        self.process.send_signal(signal.SIGSTOP)
        for pid in children | self.processes():
            processes.kill_child(pid, self.pid)
        self.kill_supervisor()

    def stop(self, patience=PATIENCE + 30):
        """Ends it in order and returns its exit status."""
        self.process.terminate()
        return self.process.wait(patience)
