"""The reads of one file by a program: strace sees each system call that touches it."""

import re
import time

CALL = re.compile(r"(\w+)\((.*)\)\s+= (0x[0-9a-f]+|-?\d+)")


def trace(path, log):
    """Returns the words that run a command under strace, with the calls that touch this file in a log.
    The process started by them is the command itself (-D): it can be killed."""
    calls = "openat,read,pread64,readv,preadv,preadv2,sendfile,splice,copy_file_range,mmap,lseek"
    return ["strace", "-D", "-f", "-q", "-s", "0", "-P", path, "-e", f"trace={calls}", "-o", log]


def wait_until_written(log, patience=10):
    """Waits until strace has seen the process end."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        with open(log) as lines:
            if "+++ " in lines.read():
                return
        time.sleep(0.05)
    raise OSError("strace did not see the sender end")


def whole_lines(log):
    """Yields the calls of a log; those that another thread's calls came between are put together again."""
    begun = {}
    with open(log) as lines:
        for line in lines:
            pid, _, rest = line.strip().partition(" ")
            if rest.endswith("<unfinished ...>"):
                begun[pid] = rest.removesuffix("<unfinished ...>")
            elif resumed := re.search(r"<\.\.\. \w+ resumed>(.*)", rest):
                yield begun.pop(pid, "") + resumed.group(1)
            else:
                yield rest


def ranges(log):
    """Returns the ranges of the file that were read, as (start, end). A mapping counts as read in full."""
    position, found = {}, []
    for call in filter(None, map(CALL.search, whole_lines(log))):
        name, words, result = call.group(1), call.group(2).split(", "), int(call.group(3), 0)
        if start_end := read_by(name, words, result, position):
            found.append(start_end)
    if not found:
        raise OSError("strace saw the sender read nothing of its file")
    return found


def read_by(name, words, result, position):
    if name == "lseek":
        position[words[0]] = result
    elif name == "mmap":
        return int(words[5], 16), int(words[5], 16) + int(words[1])
    elif result <= 0 or name == "openat":
        return None
    elif name in ("pread64", "preadv", "preadv2"):
        at = int(words[-1 if name == "pread64" else -2 if name == "preadv2" else -1])
        return at, at + result
    elif name == "sendfile" and (given := re.match(r"\[(\d+)\]?", words[2])):
        return int(given.group(1)), int(given.group(1)) + result
    else:
        descriptor = words[1] if name == "sendfile" else words[0]
        start = position.get(descriptor, 0)
        position[descriptor] = start + result
        return start, start + result


def before(offset, log):
    """Returns the number of bytes before an offset that were read, counted as often as they were."""
    return sum(max(0, min(end, offset) - start) for start, end in ranges(log))
