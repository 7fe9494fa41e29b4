"""The faults of a bad link. Each function passes on the part of a block that is to pass, and returns
true if the connection goes on.
"""

import array
import dataclasses
import fcntl
import termios
import time

TO_RECEIVER, TO_SENDER = "to receiver", "to sender"


@dataclasses.dataclass
class Fault:
    kind: str  # cut-rst, cut-fin, stall, delay, single-bytes or flip
    way: str
    offset: int  # bytes of this way that pass before
    amount: float = 0  # seconds of a delay, bytes of a window, the bit of a flip
    is_control: bool = False  # at a byte of a control message, which has to be reached
    applied: bool = False
    place: str = ""
    ended_by: str = ""


def cut(passage, fault, sink, block, at):
    """Ends the connection when so many bytes have passed; at offset 0 when the first would."""
    count = fault.offset - at
    if count > len(block) or (count <= 0 and fault.offset > 0):
        sink.sendall(block)
        return True
    sink.sendall(block[:count])
    fault.applied = True
    if fault.kind == "cut-rst":
        _await_sent(sink)  # a reset drops what the kernel still holds
        passage.reset()
    else:
        passage.finish()
    return False


def _await_sent(sink):
    left = array.array("i", [1])
    end = time.monotonic() + 1
    while time.monotonic() < end:
        fcntl.ioctl(sink, termios.TIOCOUTQ, left)
        if left[0] == 0:
            return
        time.sleep(0.0005)


def stall(passage, fault, sink, block, at):
    """Nothing of this way passes any more; the other way does, so that a peer can end it."""
    if fault.offset >= at + len(block):
        sink.sendall(block)
        return True
    sink.sendall(block[: fault.offset - at])
    fault.applied = True
    passage.open.remove(passage.other(sink))
    return True


def delay(_, fault, sink, block, at):
    if not at <= fault.offset < at + len(block):
        sink.sendall(block)
        return True
    sink.sendall(block[: fault.offset - at])
    time.sleep(fault.amount)
    fault.applied = True
    sink.sendall(block[fault.offset - at :])
    return True


def single_bytes(_, fault, sink, block, at):
    first = max(0, min(fault.offset - at, len(block)))
    last = max(0, min(fault.offset + int(fault.amount) - at, len(block)))
    sink.sendall(block[:first])
    for index in range(first, last):
        sink.sendall(block[index : index + 1])
        fault.applied = True
    sink.sendall(block[last:])
    return True


def flip(_, fault, sink, block, at):
    if at <= fault.offset < at + len(block):
        block = bytearray(block)
        block[fault.offset - at] ^= 1 << int(fault.amount)
        fault.applied = True
    sink.sendall(block)
    return True


APPLY = {
    "cut-rst": cut,
    "cut-fin": cut,
    "stall": stall,
    "delay": delay,
    "single-bytes": single_bytes,
    "flip": flip,
}
