"""What was sent, what lies on the receiver's disk, and whether the two agree."""

import collections
import hashlib
import os
import random
import sqlite3
import subprocess

PIECE = 1 << 20
ROW = collections.namedtuple("ROW", "name size sha256 status transfer_id protocol")
COLUMNS = "name, size, lower(hex(sha256)), status, lower(hex(transfer_id)), protocol FROM transfer"
NAMES = ["plain", "with space", "Grüße", "日本語", "-dash", "a'quote\"d", "e\u0301 decomposed", "x" * 200]
DIRECTORIES = ["", "", "below", "a b/c d", "ünder/ö/🗂", "d/e/e/p/e/r"]


def rows(database, under=""):
    """Yields the rows of all transfers whose names begin so, the unseen ones (status 0) too."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=60)
    try:
        # Two questions and a range: each is answered from an index, whatever the history's length.
        for state in ("status > 0", "status = 0"):
            sql = f"SELECT {COLUMNS} WHERE {state} AND name >= ? AND name < ?"
            yield from map(ROW._make, connection.execute(sql, (under, under + "\U0010ffff")))
    finally:
        connection.close()


def _size(chance, index, largest):
    """Many small, some medium, few large; the first is empty and the second is the largest."""
    if index < 2:
        return index * largest
    kind = chance.random()
    if kind < 0.05:
        return 0
    return chance.randrange(1, 8 << 10 if kind < 0.75 else min(largest, 256 << 10 if kind < 0.96 else 2 << 20))


def make_tree(directory, seed, count=100, largest=8 << 20):
    """Makes a mixed tree, the same for the same seed, and returns how many bytes it has."""
    chance, total = random.Random(seed), 0
    for index in range(count):
        folder = os.path.join(directory, chance.choice(DIRECTORIES))
        os.makedirs(folder, exist_ok=True)
        size = _size(chance, index, largest)
        with open(os.path.join(folder, f"{chance.choice(NAMES)} {index}"), "wb") as file:
            while size > 0:
                total += file.write(chance.randbytes(min(size, PIECE)))
                size -= PIECE
    return total


def sent_names(directory, under=""):
    """The files of a tree by the names that they are to have at the receiver, {name: path}."""
    found = {}
    for folder, _, files in os.walk(directory):
        for file in files:
            path = os.path.join(folder, file)
            found[os.path.join(under, os.path.relpath(path, directory))] = path
    return found


def _digest(path, other=None):
    """The size and SHA-256 of a file, and whether another one has the same bytes."""
    digest, size, same = hashlib.sha256(), 0, True
    with open(path, "rb") as file, open(other or os.devnull, "rb") as second:
        while piece := file.read(PIECE):
            digest.update(piece)
            size += len(piece)
            same = same and piece == second.read(PIECE)
        same = same and not second.read(1)
    return size, digest.hexdigest(), same


def digest_of(path):
    """The size and the SHA-256 of a file, as a row has them."""
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
    records = [row[:3] for row in rows(receiver.database, prefix) if row.status == 1]
    return problems + _agree(sent, found, "completed row", records)


def audit(receiver, sent, receipts, under="", ended=False):
    """Checks the promise for all that was sent, {name: path}, and that nothing else lies under the
    directory `under` of files/. With `ended`, that nothing is left on its way either.

    `receipts` are the objects that senders printed. Returns counts and a list of problems."""
    prefix = under + "/" if under else ""
    found, problems = compare(sent, receiver.files, under)
    history = list(rows(receiver.database, prefix))
    completed = [row for row in history if row.status == 1]
    good = [object for object in receipts if object["status"] == "received"]
    problems += [f"refused or failed: {object}" for object in receipts if object["status"] != "received"]
    problems += [f"{row.name!r}: only recorded, after its receipt" for row in history if row.status == 0]
    problems += _agree(sent, found, "receipt", [(o["name"], o["size"], o.get("sha256")) for o in good])
    problems += _agree(sent, found, "completed row", [row[:3] for row in completed])
    problems += _verify(receiver.programs, receiver.data, under) if sent else []
    if ended:
        problems += [f"{entry}: left in incoming/" for entry in os.listdir(receiver.incoming)]
    counts = {"sent": len(sent), "receipts": len(good), "files": len(found), "rows": len(completed)}
    counts["bytes"] = sum(size for size, _ in found.values())
    return counts, problems
