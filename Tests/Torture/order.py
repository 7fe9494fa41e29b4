"""Clients hold conversations out of order; in the end files, rows and receipts agree, and no process has crashed.

Each conversation follows from the seed and its number, as far as the answers do. --first and --conversations hold a
part of them again.
"""

import argparse
import collections
import multiprocessing
import os
import random
import re
import subprocess
import sys
import time

from Rig import evidence
from Torture import order_pages as pages
from Torture.order_steps import Steps, classic
from Torture.order_talk import Ended, Talk, Wrong
from Torture.run import Run

OPTIONS = [
    "--access", "open", "--header-timeout", "1", "--stall-timeout", "1", "--idle-timeout", "1",
    "--max-connections", "1000", "--max-per-address", "1000", "--max-partials", "1000000", "--http-auth", "token",
]
BATCH = 50
Places = collections.namedtuple("Places", "address http token")


def make_token(receiver):
    """Returns a token for the pages."""
    command = [f"{receiver.programs}/xferd", "token", "add", "order", "--data", receiver.data]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1]


def converse(receiver, seed, number):
    """Holds one conversation. Returns its receipts, its answers, and its end in a word."""
    chance = random.Random(f"{seed} {number}")
    source, kind = f"127.0.0.{2 + number % 50}", chance.random()
    if kind > 0.97:
        status = pages.ask(receiver.http, source, chance, receiver.token)
        if status not in pages.EXPECTED | {None}:
            raise Wrong(f"a page with status {status}")
        return [], 1, f"page {status}"
    talk = Talk(receiver.address, source, encrypted=kind < 0.1)
    try:
        if kind > 0.94:
            classic(talk.stream, number, chance)
        else:
            Steps(talk, number, chance).run()
    except TimeoutError:
        raise Wrong("nothing was read for too long")
    except (Ended, OSError):
        # What the receiver said before it ended the connection is read in any case.
        if kind <= 0.94 and talk.connection.fileno() >= 0:
            talk.read_to_end()
    finally:
        talk.connection.close()
    return talk.receipts, talk.answers, f"refusal {talk.refusal}"


def work(receiver, options, batches, results):
    """Holds the conversations of one process, a batch at a time, and reports each batch."""
    while (first := batches.get()) is not None:
        counts, receipts, problems = collections.Counter(), [], []
        for number in range(first, min(first + BATCH, options.first + options.conversations)):
            try:
                received, answers, end = converse(receiver, options.seed, number)
                receipts += received
                counts.update({"conversations": 1, "answers": answers, end: 1})
            except Exception as error:
                problems.append(f"conversation {number}: {type(error).__name__}: {error}")
        results.put((dict(counts), receipts, problems))


def talk_all(run):
    """Holds all conversations in several processes. Returns the receipts."""
    options = run.options
    receiver = Places(run.receiver.address, run.receiver.http, make_token(run.receiver))
    starts = range(options.first, options.first + options.conversations, BATCH)
    batches, results = multiprocessing.Queue(), multiprocessing.Queue()
    for start in [*starts, *[None] * options.senders]:
        batches.put(start)
    workers = [
        multiprocessing.Process(target=work, args=(receiver, options, batches, results), daemon=True)
        for _ in range(options.senders)
    ]
    for worker in workers:
        worker.start()
    receipts = set()
    for done, _ in enumerate(starts, 1):
        counts, received, problems = results.get(timeout=300)
        run.count(counts)
        run.complain(problems)
        receipts.update(received)
        if done % 100 == 0:
            print(f"{run.elapsed:6.0f} s  {run.counts['conversations']} conversations", file=sys.stderr, flush=True)
    for worker in workers:
        worker.join(60)
    return receipts


def check_processes(run, patience=60):
    """Complains of sessions that remain, and of processes that died."""
    end = time.monotonic() + patience
    while (found := run.receiver.metrics())["xfer_sessions"] > 0 and time.monotonic() < end:
        time.sleep(0.1)
    run.complain([] if found["xfer_sessions"] == 0 else [f"{found['xfer_sessions']} sessions remain"])
    for name, wanted in {"sessions_crashed": 0, "recorder_starts": 1, "keys_starts": 1, "stats_starts": 1}.items():
        if found[f"xfer_{name}_total"] != wanted:
            run.complain([f"xfer_{name}_total is {found[f'xfer_{name}_total']}, not {wanted}"])


def check_history(run, receipts):
    """Complains of each file, row and receipt without the others, and of what is anywhere else."""
    receiver = run.receiver
    rows = [row for row in evidence.rows(receiver.database) if row.status != 2]
    delivered = {row.name: (row.size, row.sha256) for row in rows}
    files = {}
    for place, _, names in os.walk(receiver.files):
        for name in names:
            path = os.path.join(place, name)
            files[os.path.relpath(path, receiver.files)] = evidence.digest_of(path)
    run.complain([f"{row.name!r}: only recorded" for row in rows if row.status == 0])
    run.complain([] if len(delivered) == len(rows) else ["two completed rows of one name"])
    run.complain([f"files and rows differ: {sorted(files.items() ^ delivered.items())[:9]}"] if files != delivered else [])
    lies = receipts - {(name, *what) for name, what in delivered.items()}
    run.complain([f"{lie}: a receipt without a row" for lie in sorted(lies)[:9]])
    run.complain(evidence._verify(receiver.programs, receiver.data, ""))
    strange = [entry for entry in os.listdir(receiver.incoming) if not re.fullmatch(r"[0-9a-f]{32,}(\.sums)?", entry)]
    run.complain([f"{entry}: left in incoming/" for entry in strange])
    beside = set(os.listdir(run.directory)) - {"data", "xferd.log"}
    run.complain([f"{name}: made beside the receiver's directory" for name in beside])
    return {"rows": len(rows), "files": len(files), "receipts": len(receipts)}


def parse(arguments):
    parser = argparse.ArgumentParser(prog="torture order", description=__doc__)
    parser.add_argument("--conversations", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--senders", type=int, default=24)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--programs", default=".build/release", help="where xferd and xferctl are")
    options = parser.parse_args(arguments)
    options.programs = os.path.abspath(options.programs)
    return options


def main(arguments):
    run = Run(parse(arguments), *OPTIONS)
    print(f"seed {run.options.seed}", file=sys.stderr, flush=True)
    try:
        run.receiver.start()
        receipts = talk_all(run)
        rate = run.counts["conversations"] / run.elapsed
        check_processes(run)
        if (status := run.receiver.stop()) != 0:
            run.complain([f"the receiver ended with {status}"])
    finally:
        run.receiver.kill_everything()
    found = check_history(run, receipts)
    return run.finish({"a second": round(rate, 1)} | dict(run.counts) | found)
