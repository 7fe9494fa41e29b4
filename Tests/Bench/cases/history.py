"""A history of up to ten million rows: the speed with which it is written, asked and shown.

`history-load` (Swift, in HistoryLoad) writes it with the receiver's own writer and asks it with its
own reader; then a receiver is started on it and its pages are fetched.
"""

import http.client
import json
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time

from Rig.receiver import Receiver

PATIENCE = 600
LENGTHS = [10_000, 100_000, 1_000_000, 10_000_000]
QUICK_LENGTHS = [10_000, 200_000]
FETCHES = 100
PAGES = {
    "GET /stats": "/stats",
    "GET /metrics": "/metrics",
    "GET /history": "/history?limit=50",
    "GET /history, client": "/history?limit=50&client=10.20.0.3",
    "GET /history, client and name": "/history?limit=50&client=10.20.0.3&name=client-002/logs/2026-0*",
}


def run(options):
    """Returns the figures of each length, as a list of dicts."""
    results = []
    for rows in QUICK_LENGTHS if options.quick else LENGTHS:
        directory = tempfile.mkdtemp(prefix="history-", dir=options.work)
        try:
            results += measure(options.programs, directory, rows)
        finally:
            shutil.rmtree(directory)
    return results


def measure(programs, directory, rows):
    load, database = f"{programs}/history-load", f"{directory}/history.sqlite"
    results = [insert(load, database, rows)]
    for answer in lines(load, "ask", database):
        results.append(result(answer.pop("figure"), answer.pop("rows"), **answer))
    return results + pages(Receiver(programs, directory, log=f"{directory}/xferd.log"), rows)


def pages(receiver, rows):
    """Fetches the pages of a receiver on the history."""
    try:
        receiver.start(PATIENCE)
        return [result(name, rows, **fetch(receiver.http, path)) for name, path in PAGES.items()]
    finally:
        receiver.stop(PATIENCE)


def result(contender, rows, **figures):
    return {"case": "history", "contender": contender, "rows": rows, **figures}


def lines(*command):
    """Returns what a program prints, an object a line."""
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return [json.loads(line) for line in said.splitlines()]


def insert(load, database, rows):
    """Measures the rate in all and in each million, the size, and the bytes that went to the disk for it."""
    before = written_by_children()
    millions = lines(load, "fill", database, "--rows", str(rows))
    rates = [million["rows_per_second"] for million in millions]
    work = statistics.mean(million["processor_us_per_row"] for million in millions)
    return result(
        "insert", rows, rows_per_second=round(statistics.harmonic_mean(rates)),
        rows_per_second_by_million=rates, processor_us_per_row=round(work, 2),
        bytes_per_row=round(os.path.getsize(database) / rows, 1),
        written_bytes_per_row=round((written_by_children() - before) / rows),
    )


def written_by_children():
    """Returns the bytes that ended children sent towards the disk (getrusage(2) counts blocks of 512)."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_oublock * 512


def fetch(address, path):
    """Measures the time to a whole page over a connection that is kept."""
    connection = http.client.HTTPConnection(address, timeout=PATIENCE)
    times = []
    for _ in range(FETCHES):
        began = time.perf_counter()
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read()
        times.append((time.perf_counter() - began) * 1000)
        if response.status != 200:
            raise RuntimeError(f"GET {path}: {response.status} {body[:200]}")
    connection.close()
    return {"median_ms": round(statistics.median(times), 3), "max_ms": round(max(times), 3)}
