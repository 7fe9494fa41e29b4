"""Counts the copies of a private key in the memory of processes, by proc(5), /proc/PID/mem.

    memory_search.py KEY.PEM PID...

Searches for the number of the key in both orders of bytes, and for its text. Prints one line of JSON: the number of
copies for each process.
"""

import base64
import json
import sys


def forms(path):
    with open(path) as file:
        lines = file.read().split("\n")
    text = "".join(line for line in lines if line and not line.startswith("-"))
    der = base64.b64decode(text)
    at = der.index(b"\x02\x01\x01\x04\x20") + 5  # version 1 and an octet string of 32 bytes (RFC 5915)
    number = der[at : at + 32]
    return [number, number[::-1], text[60:64].encode() + text[64:100].encode(), lines[2].encode()[:40]]


def regions(pid):
    with open(f"/proc/{pid}/maps") as maps:
        for line in maps:
            span, rights, *_ = line.split()
            if rights.startswith("rw") and "[v" not in line:
                start, end = (int(text, 16) for text in span.split("-"))
                yield start, end - start


def count(pid, wanted):
    found = 0
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for start, size in regions(pid):
            try:
                memory.seek(start)
                content = memory.read(size)
            except OSError:
                continue
            found += sum(content.count(form) for form in wanted)
    return found


def main():
    path, *pids = sys.argv[1:]
    wanted = forms(path)
    print(json.dumps({pid: count(pid, wanted) for pid in pids}))


if __name__ == "__main__":
    main()
