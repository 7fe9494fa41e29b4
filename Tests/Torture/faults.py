"""The plan of faults and files: all of it follows from the seed."""

import dataclasses
import random

from Torture.damage import TO_RECEIVER, TO_SENDER, Fault

# Of the faults at random offsets; flips are planned apart.
WEIGHTS = {"cut-rst": 30, "cut-fin": 25, "delay": 20, "single-bytes": 20, "stall": 5}
CUTS = ("cut-rst", "cut-fin")
KIB, MIB = 1024, 1024 * 1024
# One that travels with its offer and one that is offered first and takes two messages of content:
# all messages that an ordinary connection has.
CONTROL_FILES = (1000, MIB + 1000)
# Bytes of control messages, at least: how far offsets reach.
WORDS_OF_A_FILE, WORDS_OF_A_GREETING = 120, 30


@dataclasses.dataclass
class Send:
    number: int
    sizes: tuple
    plan: list

    @property
    def folder(self):
        return f"{self.number:05d}"  # names of one length: offsets are those of the clean one


def control_faults(rng, offsets):
    """Every byte offset of the control messages, in both directions, with RST and with FIN; and a
    flip of every byte of them."""
    places = [(way, at) for way in offsets for at in offsets[way]]
    cuts = [Fault(kind, way, at, is_control=True) for way, at in places for kind in CUTS]
    flips = [
        Fault("flip", way, at, rng.randrange(8), is_control=True)
        for way, at in places
        if at < offsets[way][-1]  # behind the last byte a link can be cut, but nothing flipped
    ]
    return cuts + flips


def sends(seed, count, offsets):
    """First each control fault in a send of its own, then random ones without end."""
    rng = random.Random(seed)
    control = control_faults(rng, offsets)
    rng.shuffle(control)
    # A short run takes a part of them, and as many others.
    control = control[: max(count // 2, 1)] if count < len(control) * 1.2 else control
    number = 1
    for fault in control:
        # A flip is the only fault of its send: all that the sender then reports is about the flip.
        is_alone = fault.kind == "flip" or rng.random() < 0.7
        more = [] if is_alone else [random_fault(rng, CONTROL_FILES, again=True)]
        yield Send(number, CONTROL_FILES, [fault, *more])
        number += 1
    while True:
        yield flip_send(rng, number) if rng.random() < 0.4 else random_send(rng, number)
        number += 1


def random_send(rng, number):
    sizes = random_sizes(rng)
    plan = [random_fault(rng, sizes, again=turn > 0) for turn in range(rng.randint(2, 4))]
    return Send(number, sizes, plan)


def flip_send(rng, number):
    sizes = random_sizes(rng)
    offset = rng.randrange(reach(sizes, TO_RECEIVER))
    return Send(number, sizes, [Fault("flip", TO_RECEIVER, offset, rng.randrange(8))])


def random_sizes(rng):
    make = (
        lambda: 0,
        lambda: 1,
        lambda: rng.randint(2, 20 * KIB),
        lambda: rng.randint(2, 256 * KIB),
        lambda: rng.randint(256 * KIB + 1, 700 * KIB),
        lambda: rng.randint(MIB, 4 * MIB),
    )
    weights = (1, 1, 3, 1, 2, 1)
    return tuple(one() for one in rng.choices(make, weights, k=rng.randint(2, 4)))


def reach(sizes, way):
    words = WORDS_OF_A_GREETING + WORDS_OF_A_FILE * len(sizes)
    return words + (sum(sizes) if way == TO_RECEIVER else 0)


def random_fault(rng, sizes, again=False):
    """A later connection has less to say: its faults come earlier."""
    kind = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    way = TO_RECEIVER if rng.random() < 0.7 else TO_SENDER
    offset = int(reach(sizes, way) * rng.random() ** (3 if again else 1.2))
    amount = {"delay": rng.uniform(0.05, 0.3), "single-bytes": rng.randint(100, 2000)}
    return Fault(kind, way, offset, amount.get(kind, 0))
