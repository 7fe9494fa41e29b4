"""Compares the files that xferctl selects with those that rsync selects by the same rules.

    compare_filters.py XFERCTL SEED COUNT

Makes a tree of odd names and COUNT random sets of rules. Prints one line of JSON: the sets that were
compared, those by which something was excluded and something was not, and the differences.
"""

import json
import os
import random
import subprocess
import sys
import tempfile

NAMES = ["a", "b", "ab", "foo", "foo.c", "bar", "bar.o", "a[b", "x*y", "back\\slash", "...", "z-1", "Z", "a b", "é"]
ATOMS = ["*", "**", "***", "?", "a", "b", "foo", "bar", ".c", ".o", "[a-c]", "[!a]", "[[:alpha:]]", "[]a]", "[a-]",
         "\\*", "\\[", "\\", "/", "/", "[^z]", "x", "*y", "ab", "back", "slash", "-", "1", "Z", " ", "[", "[z-a]",
         "[\\]]", "[[:foo:]]", "[a\\-z]", "+", "é"]
USUAL = ["*.c", "foo/", "*/", "**/a", "foo/**", "/foo/a", "foo/*/bar", "a/b", "**/b/", "foo/***", "*/a", "***", "/bar/**"]


def make(directory, depth):
    os.makedirs(directory)
    for name in random.sample(NAMES, random.randint(3, 6)):
        path = os.path.join(directory, name)
        if depth < 4 and random.random() < 0.5:
            make(path, depth + 1)
        else:
            open(path, "w").close()


def pattern():
    text = "".join(random.choice(ATOMS) for _ in range(random.randint(1, 5)))
    chance = random.random()
    if chance < 0.2:
        text = "/" + text
    elif chance < 0.4:
        text += "/"
    elif chance < 0.5:
        text += "/***"
    elif chance < 0.7:
        text = random.choice(USUAL)
    return text


def options():
    rules = [(random.choice(["include", "exclude"]), pattern()) for _ in range(random.randint(1, 4))]
    return [f"--{effect}={text}" for effect, text in rules if text != "!"]


def ours(program, root, rules):
    command = [program, "send", "--dry-run", "--json", *rules, "foo", "bar"]
    result = subprocess.run(command, cwd=root, capture_output=True, check=True)
    found = set()
    for line in result.stdout.splitlines():
        entry = json.loads(line)
        found.add(entry["name"] + ("/" if entry.get("kind") == "directory" else ""))
    return found


def theirs(root, rules):
    command = ["rsync", "-an", "-8", "--out-format=%n", *rules, "foo", "bar", root + "/none/"]
    result = subprocess.run(command, cwd=root, capture_output=True, check=True)
    lines = result.stdout.decode().replace("\\#134", "\\").split("\n")
    return {line for line in lines if line and not line.startswith("created ")}


def main():
    program, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    random.seed(seed)
    with tempfile.TemporaryDirectory() as root:
        make(root + "/foo", 0)
        make(root + "/bar", 1)
        os.mkdir(root + "/none")
        everything, mixed, differences = theirs(root, []), 0, []
        for _ in range(count):
            rules = options()
            here, there = ours(program, root, rules), theirs(root, rules)
            mixed += bool(there) and there != everything
            if here != there:
                differences.append([rules, sorted(here - there)[:3], sorted(there - here)[:3]])
    print(json.dumps({"compared": count, "mixed": mixed, "differences": differences}))


if __name__ == "__main__":
    main()
