"""Attacks on time: peers that take places, handshakes or turns of the processor, beside an honest sender.

Each attack of the table runs beside a sender that is identified and encrypted, whose time is compared with the
time that it needs alone, in turns. The attacker has other addresses than the sender, by which the receiver's
limits count. The harder case follows, in which both have one address; it is reported and does not count, as
docs/security.md says that clients behind one address share its limits.

    torture attacks [--connections 5000] [--rate 500] [--fast 10000] [--addresses 20] [--files 1000] [--megabytes 512]
                    [--turns 3] [--only NAME]... [--limit 2.0] [--nice 0] [--apart yes|no] [--programs DIR]

An attacker of the field has a machine of its own; here it shares the processors. So each line has the share of a
processor that attacker and receiver took beside the sender, and --nice lets the attacker yield to both.
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time

from Rig import identity, libssl
from Rig.processes import processor_time
from Rig.receiver import Receiver
from Torture.attack_crowd import Attacker
from Torture.attack_honest import Honest
from Torture.attack_kinds import ATTACKS, KeyUpdates

APART_SECONDS = 30  # that a sender may take which shares its address with the attacker
COUNTERS = {"connections": "connections", "dropped": "connections_dropped", "displaced": "sessions_displaced"}


class Trial:
    """A receiver, an honest sender, and the identities of the attackers."""

    def __init__(self, options, work):
        self.options = options
        data, log = os.path.join(work, "data"), os.path.join(work, "log")
        self.receiver = Receiver(options.programs, data, "--access", "identified", log=log).start()
        self.honest = Honest(self.receiver, work, options)
        self.homes = {
            "enrolled": identity.join(self.receiver, "attacker", os.path.join(work, "enrolled")),
            "stranger": identity.make(self.receiver, os.path.join(work, "stranger")),
            None: None,
        }
        self.rounds = 0

    def _addresses(self):
        """Returns addresses that had no part in an attack before: limits remember those that had."""
        self.rounds += 1
        return [f"127.0.{self.rounds + n // 250}.{n % 250 + 1}" for n in range(self.options.addresses)]

    def _settle(self, patience=60):
        """Waits until the sessions of the last attack have ended."""
        end = time.monotonic() + patience
        while self.receiver.metrics()["xfer_sessions"] > 0 and time.monotonic() < end:
            time.sleep(0.2)

    def beside(self, name):
        """Runs an attack. Returns what it has shown."""
        quiet = self._send(self.options.turns)
        shown = self._attack(name, self._addresses(), lambda: self._send(self.options.turns))
        shown["quiet"] = quiet["seconds"]
        shown["problems"] += quiet["problems"]
        if quiet["seconds"] and shown["beside"]:
            shown["ratio"] = shown["beside"] / quiet["seconds"]
        return shown

    def apart(self, name):
        """Runs an attack from the address of the honest sender."""
        (address,) = self._addresses()[:1]
        return self._attack(name, [address], lambda: self._send(1, address, APART_SECONDS))

    def _send(self, turns, *arguments):
        sent = [self.honest.send(*arguments) for _ in range(turns)]
        seconds = [taken for taken, _, _ in sent if taken is not None]
        return {
            "seconds": statistics.median(seconds) if len(seconds) == turns else None,
            "all": seconds, "receipts": sum(receipts for _, receipts, _ in sent),
            "problems": [problem for _, _, problems in sent for problem in problems],
        }  # fmt: skip

    def _attack(self, name, addresses, send):
        kind = ATTACKS[name]
        before = self.receiver.metrics()
        with Attacker(kind(self.homes[kind.identity]), self.receiver.address, addresses, self.options) as attacker:
            began, tried = time.monotonic(), attacker.tries
            used = processor_time(attacker.pid), processor_time(self.receiver.pid)
            sent = send()
            took = time.monotonic() - began
            shares = [
                (processor_time(pid) - earlier) / took
                for pid, earlier in zip((attacker.pid, self.receiver.pid), used)
            ]
            tries, rate = attacker.tries, (attacker.tries - tried) / took
        after = self.receiver.metrics()
        self._settle()
        return {
            "attack": name, "tries": tries, "a second": rate, "beside": sent["seconds"], "all": sent["all"],
            "receipts": sent["receipts"], "problems": sent["problems"], "ratio": None,
            "processors": {"attacker": shares[0], "receiver": shares[1]},
            "counters": {k: after[f"xfer_{v}_total"] - before[f"xfer_{v}_total"] for k, v in COUNTERS.items()},
        }  # fmt: skip


def line(shown, verdict):
    """Returns what an attack has shown as one line."""
    def seconds(value):
        return "   –   " if value is None else f"{value:5.2f} s"

    ratio = "   –  " if shown["ratio"] is None else f"{shown['ratio']:4.2f} ×"
    share, count = shown["processors"], shown["counters"]
    return (
        f"{shown['attack']:20} quiet {seconds(shown.get('quiet'))}  beside {seconds(shown['beside'])}  {ratio}  "
        f"receipts {shown['receipts']:5}  {verdict:8}  {shown['tries']} tries, {shown['a second']:.0f}/s; "
        f"processors: attacker {share['attacker']:.2f}, receiver {share['receiver']:.2f}; "
        f"{count['connections']:.0f} accepted, {count['dropped']:.0f} dropped, {count['displaced']:.0f} displaced"
    )


def judge(shown, options):
    """Returns the problems of an attack from other addresses."""
    wanted = (options.files + 1) * options.turns
    problems = list(shown["problems"])
    if shown["receipts"] != wanted:
        problems.append(f"{shown['receipts']} receipts of {wanted}")
    elif options.limit and shown["ratio"] > options.limit:
        problems.append(f"{shown['ratio']:.2f} times as long as alone")
    return [f"{shown['attack']}: {problem}" for problem in problems]


def run_all(trial, options):
    """Runs the attacks. Returns what they have shown, from other addresses and from the same, and the problems."""
    results, apart, problems = [], [], []
    for name in options.only or ATTACKS:
        results.append(trial.beside(name))
        found = judge(results[-1], options)
        problems += found
        print(line(results[-1], "MISSED" if found else "met"), flush=True)
    if options.apart == "yes":
        print("From the address of the honest sender, which does not count:")
        for name in options.only or ATTACKS:
            apart.append(trial.apart(name))
            print(line(apart[-1], "served" if apart[-1]["beside"] else f"not in {APART_SECONDS} s"), flush=True)
    return results, apart, problems


def parse(arguments):
    parser = argparse.ArgumentParser(prog="torture attacks", description=__doc__.splitlines()[0])
    parser.add_argument("--connections", type=int, default=5000, help="that an attacker keeps open")
    parser.add_argument("--rate", type=int, default=500, help="of new ones a second, if it holds them")
    parser.add_argument("--fast", type=int, default=10_000, help="of new ones a second, if it holds none")
    parser.add_argument("--addresses", type=int, default=20, help="of the attacker")
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--megabytes", type=int, default=512, help="of the large file")
    parser.add_argument("--turns", type=int, default=3, help="of the sender, alone and beside each attack")
    parser.add_argument("--limit", type=float, default=2.0, help="of the times; 0 for no limit")
    parser.add_argument("--nice", type=int, default=0, help="of the attacker")
    parser.add_argument("--apart", choices=["yes", "no"], default="yes")
    parser.add_argument("--only", action="append", choices=ATTACKS)
    parser.add_argument("--programs", default=".build/release")
    options = parser.parse_args(arguments)
    options.programs = os.path.abspath(options.programs)
    return options


def main(arguments):
    options = parse(arguments)
    if libssl.LIBRARY is None and any(issubclass(ATTACKS[name], KeyUpdates) for name in options.only or ATTACKS):
        print("The attacks by key updates need OpenSSL's library (Debian: libssl3).", file=sys.stderr)
        return 1
    work = tempfile.mkdtemp(prefix="xfer-attacks-")
    trial = Trial(options, work)
    try:
        results, apart, problems = run_all(trial, options)
    finally:
        trial.receiver.stop()
    # The log tells of a problem, and the files do not.
    for name in os.listdir(work) if problems else []:
        shutil.rmtree(os.path.join(work, name), ignore_errors=True)
    if not problems:
        shutil.rmtree(work)
    print(json.dumps({"attacks": results, "apart": apart, "problems": problems} | ({"kept": work} if problems else {})))
    return 1 if problems else 0
