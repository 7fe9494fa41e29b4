"""The comparisons after a crash: each receipt with the file, the row and the digest."""

import os
import sqlite3

from Rig.evidence import completed, digest_of, history


def check_history(run, round):
    """The database as the file system kept it, before a receiver works on it."""
    connection = sqlite3.connect(run.receiver.database)
    try:
        (state,) = connection.execute("PRAGMA integrity_check").fetchone()
        if state != "ok":
            run.complain([f"{round.name}: the history is damaged: {state}"])
        (left,) = connection.execute("SELECT count(*) FROM transfer WHERE status = 0").fetchone()
        run.count({"rows found recorded": left})
    finally:
        connection.close()


def _completed(run, under):
    found = {}
    for row in completed(run.receiver.database, under):
        found.setdefault(row.name, []).append((row.size, row.sha256))
    return found


def check_receipts(run, round, receipts):
    """Compares the receipts from before the crash. Returns the names that were lost."""
    lost, rows = [], _completed(run, round.name)
    for name, receipt in receipts.items():
        problem = _broken(run, round, name, receipt, rows)
        if problem:
            lost.append(name)
            run.complain([f"{round.name}: lost after the crash: {problem}"])
    for name in round.classic_received:
        if problem := _broken_classic(run, round, name, rows):
            lost.append(name)
            run.complain([f"{round.name}: lost after the crash: {problem}"])
    run.count({"receipts lost": len(lost), "classic receipts before": len(round.classic_received)})
    return set(lost)


def _broken(run, round, name, receipt, rows):
    """Returns the reason why the receipt is not true, or None."""
    path = os.path.join(run.receiver.files, name)
    own = name.split("/")[0] == round.name
    if own and rows.get(name, []) != [(receipt["size"], receipt["sha256"])]:
        return f"{name!r}: receipt {receipt['size']}, {receipt['sha256']}; rows {rows.get(name)}"
    if not os.path.isfile(path):
        return f"{name!r}: a receipt, and no file"
    if digest_of(path) != (receipt["size"], receipt["sha256"]):
        return f"{name!r}: the file is not what its receipt says"
    return None


def _broken_classic(run, round, name, rows):
    path = os.path.join(run.receiver.files, name)
    if not os.path.isfile(path):
        return f"{name!r}: a classic receipt, and no file"
    if digest_of(path) != digest_of(round.classic[name]):
        return f"{name!r}: not the bytes that a classic client sent"
    return None if rows.get(name) == [digest_of(path)] else f"{name!r}: rows {rows.get(name)}"


def check_all(run, round, before, lost):
    """All senders have ended: everything that was sent is there, once, as it was sent."""
    receipts = round.receipts()
    for name, receipt in before.items():
        if any(receipts[name][key] != receipt[key] for key in ("size", "sha256")):
            run.complain([f"{name!r}: told {receipt}, later {receipts[name]}"])
    sent = {name: path for name, path in round.sent.items() if name not in lost}
    rows = _completed(run, round.name)
    problems = []
    for name, path in sent.items():
        problems += _differences(run, name, path, receipts.get(name), rows.get(name, []))
    unknown = rows.keys() - round.sent.keys() - round.classic.keys()
    problems += [f"{name!r}: a row of what was never sent" for name in unknown]
    problems += _classic_differences(run, round, rows, lost)
    run.complain(problems)
    run.count({"receipts": len(receipts), "files": len(sent), "bytes": round.bytes})
    run.count({"resumed": _resumed(run, round.name), "sent again": len(round.resent)})


def _resumed(run, under):
    """Files that were completed with what had come in before."""
    with history(run.receiver.database) as connection:
        condition = "status = 1 AND resumed_at > 0 AND name GLOB ?"
        sql = f"SELECT count(*) FROM transfer WHERE {condition}"
        return connection.execute(sql, (under + "*",)).fetchone()[0]


def _differences(run, name, path, receipt, rows):
    published = os.path.join(run.receiver.files, name)
    if receipt is None:
        return [f"{name!r}: no receipt in the end"]
    if not os.path.isfile(published):
        return [f"{name!r}: a receipt in the end, and no file"]
    sent, found = digest_of(path), digest_of(published)
    told = (receipt["size"], receipt["sha256"])
    if not sent == found == told or rows != [sent]:
        return [f"{name!r}: sent {sent}, on disk {found}, receipt {told}, rows {rows}"]
    return []


def _classic_differences(run, round, rows, lost):
    """A classic client that heard nothing does not know: then there is either all of it or nothing."""
    for name in round.classic.keys() - lost:
        published = os.path.join(run.receiver.files, name)
        there = os.path.isfile(published)
        if there != (len(rows.get(name, [])) == 1):
            yield f"{name!r}: {'a' if there else 'no'} file, rows {rows.get(name)}"
        elif there and digest_of(published) != digest_of(round.classic[name]):
            yield f"{name!r}: not the bytes that a classic client sent"
