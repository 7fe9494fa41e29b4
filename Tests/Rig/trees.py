"""Trees of files that are sent."""

import os
import random

PIECE = 1 << 20
NAMES = ["plain", "with space", "Grüße", "日本語", "-dash", "a'quote\"d", "e\u0301 decomposed", "x" * 200]
DIRECTORIES = ["", "", "below", "a b/c d", "ünder/ö/🗂", "d/e/e/p/e/r"]


def write_noise(path, size, chance):
    """Makes a file of random bytes, and its directory."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        for start in range(0, size, PIECE):
            file.write(chance.randbytes(min(PIECE, size - start)))


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
        size = _size(chance, index, largest)
        write_noise(os.path.join(folder, f"{chance.choice(NAMES)} {index}"), size, chance)
        total += size
    return total


def sent_names(directory, under=""):
    """Returns the files of a tree by the names that they are to have at the receiver, {name: path}."""
    found = {}
    for folder, _, files in os.walk(directory):
        for file in files:
            path = os.path.join(folder, file)
            found[os.path.join(under, os.path.relpath(path, directory))] = path
    return found
