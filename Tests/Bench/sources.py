"""What is sent: files that are made once, and the comparison of what arrived with them."""

import os
import random
import shutil
import stat

from processes import Failed

BLOCK = 1 << 20


class Source:
    """A directory with files in it, by their names below it."""

    def __init__(self, directory, names):
        self.directory, self.names = directory, names
        self.sizes = {name: os.path.getsize(self.path(name)) for name in names}

    @property
    def bytes(self):
        return sum(self.sizes.values())

    def path(self, name):
        return os.path.join(self.directory, name)

    def warm(self):
        """Reads it all, so that no contender waits for the disk to read."""
        buffer = bytearray(BLOCK)
        for name in self.names:
            with open(self.path(name), "rb", buffering=0) as file:
                while file.readinto(buffer):
                    pass

    def compare(self, received_path):
        """Compares each file byte by byte with what arrived as `received_path(name)`."""
        for name in self.names:
            if problem := difference(self.path(name), received_path(name)):
                raise Failed(f"{name!r} {problem}")


def difference(sent, received):
    try:
        with open(sent, "rb", buffering=0) as left, open(received, "rb", buffering=0) as right:
            if os.fstat(left.fileno()).st_size != os.fstat(right.fileno()).st_size:
                return "arrived with another length"
            one, other = bytearray(BLOCK), bytearray(BLOCK)
            while count := left.readinto(one):
                if right.readinto(other) != count or one != other:
                    return "arrived with other content"
    except FileNotFoundError:
        return "did not arrive"


def make(path, size):
    """A file of random bytes, which nothing can compress."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb", buffering=0) as file:
        for start in range(0, size, 8 * BLOCK):
            file.write(os.urandom(min(8 * BLOCK, size - start)))


def single(directory, size):
    make(os.path.join(directory, "large.bin"), size)
    return Source(directory, ["large.bin"])


def uniform(directory, count, size, per_directory=None):
    """So many files of one size, flat or in directories of `per_directory`."""
    names = []
    for i in range(count):
        below = f"d{i // per_directory:03}/" if per_directory else ""
        names.append(f"{below}f{i:05}.bin")
        make(os.path.join(directory, names[-1]), size)
    return Source(directory, names)


def regular_files(root):
    for directory, below, names in os.walk(root):
        below.sort()
        for name in sorted(names):
            path = os.path.join(directory, name)
            if stat.S_ISREG(os.lstat(path).st_mode) and os.access(path, os.R_OK):
                yield path


def real(directory, roots=("/usr/share", "/usr/lib"), count=10_000, size=200_000_000):
    """A copy of real files, as many as fit: sizes and names as they come. They are taken from all
    over the tree, always the same ones, and not from its first directories only."""
    found = [path for root in roots for path in regular_files(root)]
    random.Random(4).shuffle(found)
    names, total = [], 0
    for path in found:
        length = os.path.getsize(path)
        if total + length > size or not path.isprintable():
            continue
        name = path.lstrip("/")
        os.makedirs(os.path.dirname(os.path.join(directory, name)), exist_ok=True)
        shutil.copyfile(path, os.path.join(directory, name))
        names.append(name)
        total += length
        if len(names) == count:
            break
    return Source(directory, names)
