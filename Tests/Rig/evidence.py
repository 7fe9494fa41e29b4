"""Evidence of deliveries: files, rows and receipts, compared with what was sent."""

import collections
import contextlib
import hashlib
import os
import sqlite3
import subprocess

from Rig.trees import PIECE, sent_names

ROW = collections.namedtuple("ROW", "name size sha256 status transfer_id protocol")
COLUMNS = "name, size, lower(hex(sha256)), status, lower(hex(transfer_id)), protocol FROM transfer"


def history(database):
    """Opens a history, to be read in a `with` block."""
    return contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=60))


def rows(database, under=""):
    """Yields the rows of all transfers with names that begin with `under`, the unseen ones (status 0) too, but
    not those of directories."""
    with history(database) as connection:
        # Two questions and a range: each is answered from an index at any length of the history.
        for state in ("status > 0", "status = 0"):
            sql = f"SELECT {COLUMNS} WHERE {state} AND kind <> 1 AND name >= ? AND name < ?"
            yield from map(ROW._make, connection.execute(sql, (under, under + "\U0010ffff")))


def completed(database, under=""):
    """Yields the rows of the transfers that were published."""
    return (row for row in rows(database, under) if row.status == 1)


def _digest(path, other=None):
    """Returns the size and SHA-256 of a file, and true if another one has the same bytes."""
    digest, size, same = hashlib.sha256(), 0, True
    with open(path, "rb") as file, open(other or os.devnull, "rb") as second:
        while piece := file.read(PIECE):
            digest.update(piece)
            size += len(piece)
            same = same and piece == second.read(PIECE)
        same = same and not second.read(1)
    return size, digest.hexdigest(), same


def digest_of(path):
    """Returns the size and the SHA-256 of a file, as a row has them."""
    return _digest(path)[:2]


def compare(sent, files, under=""):
    """Compares published files with what was sent, {name: path}. Returns the size and the digest of
    each that is there, and a list of problems."""
    published, found, problems = sent_names(os.path.join(files, under), under), {}, []
    for name, path in sent.items():
        if name not in published:
            problems.append(f"{name!r}: not under files/")
            continue
        size, digest, same = _digest(published[name], path)
        found[name] = (size, digest)
        if not same:
            problems.append(f"{name!r}: not the bytes that were sent")
    problems += [f"{name!r}: under files/ and never sent" for name in published.keys() - sent.keys()]
    return found, problems


def _agree(sent, found, what, records):
    """Checks that each name sent has one record, with the size and digest of the published file."""
    counts, problems = collections.Counter(name for name, _, _ in records), []
    for name in sent:
        if counts[name] != 1:
            problems.append(f"{name!r}: {counts[name]} {what}s where 1 was expected")
    for name, size, digest in records:
        if name not in sent:
            problems.append(f"{name!r}: a {what} of what was never sent")
        # A client of the classic protocol is told no digest.
        elif name in found and (size, digest or found[name][1]) != found[name]:
            problems.append(f"{name!r}: {what} says {size}, {digest}; files/ has {found[name]}")
    return problems


def _verify(programs, data, under):
    only = ["--name", f"{under}/*"] if under else []
    command = [f"{programs}/xferd", "verify", "--data", data, "--quiet", *only]
    result = subprocess.run(command, capture_output=True, text=True, timeout=600)
    if result.returncode == 0:
        return []
    return [f"xferd verify ended with {result.returncode}: {(result.stdout + result.stderr)[-500:]}"]


def audit_flat(receiver, sent, prefix):
    """Checks files that lie beside each other under files/, {name: path}: their bytes, and one completed
    row for each and no other with names that begin so. Returns a list of problems."""
    found, problems = {}, []
    for name, path in sent.items():
        size, digest, same = _digest(os.path.join(receiver.files, name), path)
        found[name] = (size, digest)
        problems += [] if same else [f"{name!r}: not the bytes that were sent"]
    records = [row[:3] for row in completed(receiver.database, prefix)]
    return problems + _agree(sent, found, "completed row", records)


def audit(receiver, sent, receipts, under="", ended=False):
    """Checks the promise for all that was sent, {name: path}, and that nothing else lies under the
    directory `under` of files/. With `ended`, that nothing is left on its way either.

    `receipts` are the objects that senders printed. Returns counts and a list of problems."""
    prefix = under + "/" if under else ""
    found, problems = compare(sent, receiver.files, under)
    all_rows = list(rows(receiver.database, prefix))
    published = [row for row in all_rows if row.status == 1]
    good = [object for object in receipts if object["status"] == "received"]
    problems += [f"refused or failed: {object}" for object in receipts if object["status"] != "received"]
    problems += [f"{row.name!r}: only recorded, after its receipt" for row in all_rows if row.status == 0]
    problems += _agree(sent, found, "receipt", [(o["name"], o["size"], o.get("sha256")) for o in good])
    problems += _agree(sent, found, "completed row", [row[:3] for row in published])
    problems += _verify(receiver.programs, receiver.data, under) if sent else []
    if ended:
        problems += [f"{entry}: left in incoming/" for entry in os.listdir(receiver.incoming)]
    counts = {"sent": len(sent), "receipts": len(good), "files": len(found), "rows": len(published)}
    counts["bytes"] = sum(size for size, _ in found.values())
    return counts, problems
