"""Plays the service manager of a receiver, and prints what it saw as one JSON object.

    service_manager.py SCENARIO PROGRAMS DIRECTORY [ARGUMENT]

PROGRAMS is the directory of xferd and xferctl, DIRECTORY one to work in. The scenarios are functions below.
"""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig import processes
from Rig.ports import address_of
from Rig.service import ServiceManager, listener

PATIENCE = 120


class Scenario:
    def __init__(self, programs, directory, address):
        self.programs, self.directory = programs, directory
        self.data = os.path.join(directory, "data")
        self.log = os.path.join(directory, "log")
        self.manager = ServiceManager(address or os.path.join(directory, "notify"))
        self.process = None

    def start(self, *options, **kind):
        """Starts a receiver, with ports that the kernel chooses where it gets no sockets."""
        command = [f"{self.programs}/xferd", "--data", self.data, "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"]
        with open(self.log, "ab") as log:
            self.process = self.manager.start([*command, *options], log=log, **kind)

    def ready(self):
        return self.manager.wait_for("READY=1")

    def stop(self):
        self.process.terminate()
        return self.process.wait(PATIENCE)

    def said(self):
        with open(self.log) as log:
            return log.read()

    def send(self, name, address):
        """Starts a sender of a file of this name."""
        path = os.path.join(self.directory, name)
        with open(path, "w") as file:
            file.write(name)
        command = [f"{self.programs}/xferctl", "send", path, "--server", address]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def states(scenario, _):
    """A start, a reload by SIGHUP, and an end."""
    scenario.start("--drain", "77s")
    _, sender = scenario.ready()
    threads = len(os.listdir(f"/proc/{scenario.process.pid}/task"))
    scenario.process.send_signal(signal.SIGHUP)
    reload, _ = scenario.manager.wait_for("RELOADING=1")
    now = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    scenario.ready()
    scenario.process.terminate()
    scenario.manager.wait_for("STOPPING=1")
    return {
        "messages": scenario.manager.messages,
        "sender_is_receiver": sender == scenario.process.pid,
        "threads": threads,
        "reload_is_before_now": 0 < int(reload["MONOTONIC_USEC"]) <= now,
        "status": scenario.process.wait(PATIENCE),
    }


def watchdog(scenario, _):
    """Three signs of life of an idle receiver, and one after a process was killed."""
    scenario.start(watchdog=200_000)
    scenario.ready()
    for _ in range(3):
        scenario.manager.wait_for("WATCHDOG=1")
    recorder = next(pid for pid in processes.children(scenario.process.pid) if processes.title(pid) == "recorder")
    processes.kill_child(recorder, scenario.process.pid)
    ended = scenario.manager.receive()[0]
    while "STATUS" not in ended:
        ended = scenario.manager.receive()[0]
    again, _ = scenario.ready()
    scenario.manager.wait_for("WATCHDOG=1")
    return {"ended": ended["STATUS"], "again": again["STATUS"], "status": scenario.stop()}


def sockets(scenario, _):
    """A receiver with both sockets, then one with the same sockets, for which a sender waits."""
    clients, pages = listener(), listener()
    passed = [("listen", clients), ("http", pages)]
    scenario.start(sockets=passed)
    first, _ = scenario.ready()
    sent = scenario.send("first", address_of(clients))
    sent.communicate(timeout=PATIENCE)
    with urllib.request.urlopen(f"http://{address_of(pages)}/healthz", timeout=PATIENCE) as page:
        health = page.status
    stopped = scenario.stop()
    waiting = scenario.send("second", address_of(clients))
    while not backlog(clients):
        time.sleep(0.01)
    scenario.start(sockets=passed)
    output, _ = waiting.communicate(timeout=PATIENCE)
    return {
        "status_names_port": address_of(clients) in first["STATUS"],
        "log_names_page": f"http://{address_of(pages)}/stats" in scenario.said(),
        "sent": [sent.returncode, waiting.returncode],
        "output": output,
        "health": health,
        "stopped": [stopped, scenario.stop()],
    }


def several(scenario, _):
    """A receiver with two sockets for clients."""
    passed = [("listen", listener()), ("xferd.socket", listener())]
    scenario.start(sockets=passed)
    scenario.ready()
    sent = [scenario.send(name, address_of(each)) for name, each in passed]
    return {"sent": [each.wait(PATIENCE) for each in sent], "status": scenario.stop()}


def unready(scenario, _):
    """A receiver whose history another program holds. It gets room for its first messages."""
    os.mkdir(scenario.data)
    database = sqlite3.connect(os.path.join(scenario.data, "history.sqlite"), isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")
    scenario.start(watchdog=200_000)
    while "held by another program" not in scenario.said():
        time.sleep(0.01)
    # A sign of life that was sent after the line above: READY=1 would be before it.
    for _ in range(2):
        scenario.manager.wait_for("WATCHDOG=1")
    before = list(scenario.manager.messages)
    database.close()
    scenario.ready()
    return {"before": before, "status": scenario.stop()}


def refused(scenario, argument):
    """A receiver with a socket that it cannot use."""
    kinds = {
        "name": ("something", listener()),
        "datagram": ("listen", listener(socket.SOCK_DGRAM)),
    }
    if argument == "pages":
        scenario.start(sockets=[("http", listener()), ("http", listener())])
    else:
        scenario.start(sockets=[kinds[argument]])
    return {"status": scenario.process.wait(PATIENCE), "log": scenario.said()}


def gone(scenario, _):
    """A receiver whose manager cannot be reached."""
    scenario.manager.address += "-elsewhere"
    scenario.start()
    while "receiving on" not in scenario.said():
        time.sleep(0.01)
    return {"log": scenario.said(), "status": scenario.stop()}


def backlog(listening):
    """Returns the number of connections that wait to be accepted: the receive queue of /proc/net/tcp."""
    port = f":{listening.getsockname()[1]:04X}"
    with open("/proc/net/tcp") as table:
        for line in table:
            fields = line.split()
            if fields[1].endswith(port) and fields[3] == "0A":
                return int(fields[4].split(":")[1], 16)
    return 0


def main():
    name, programs, directory, *rest = sys.argv[1:]
    argument = rest[0] if rest else ""
    scenario = Scenario(programs, directory, argument if argument.startswith("@") else "")
    try:
        print(json.dumps(globals()[name](scenario, argument)))
    finally:
        if scenario.process and scenario.process.poll() is None:
            scenario.process.kill()


if __name__ == "__main__":
    main()
