"""What a client of a conversation out of order does: most of it is legal, and all of it depends on the seed."""

import struct

from Rig import messages
from Rig.frames import HEADER, MAGIC, Message, frame
from Torture.order_talk import Ended, content_of

NAMES = ["", "..", "../up", "/etc/passwd", "a//b", "a/", "a\x00b", "a\nb", "x" * 256, ".xferd-probe", "d/" * 40]
FAR = [2**63 - 1, 2**63, 2**64 - 1, 2**32, 2**20]
NEIGHBOURS = 50  # conversations that offer the same few names and ids
SHARED = 6


class Steps:
    """The next step of a conversation, by chance."""

    def __init__(self, talk, number, chance):
        self.talk, self.number, self.chance = talk, number, chance
        self.next = {}  # the offset of the next content of each tag that is open
        self.last = 0  # the highest tag

    def run(self):
        self._greet()
        for _ in range(self.chance.choice([1, 2, 3, 4, 6, 10, 20])):
            self.chance.choices([legal for legal, _ in STEPS], [weight for _, weight in STEPS])[0](self)
        self._end()

    def _greet(self):
        kind = self.chance.random()
        if kind < 0.9:
            self.talk.put(MAGIC, messages.hello(self.chance.choice([1, 1, 2, 2, 9, 65535])))
        elif kind < 0.92:
            self.talk.put(MAGIC)  # no greeting
        elif kind < 0.94:
            self.talk.put(MAGIC, messages.hello(0))
        elif kind < 0.96:
            self.talk.put(MAGIC, frame(Message.HELLO, struct.pack(">H", 1) + messages.text("x") + self._attribute()))
        elif kind < 0.98:
            self.talk.put(MAGIC, messages.hello(1), messages.hello(1))
        else:
            self.talk.put(MAGIC[:1], self.chance.randbytes(self.chance.randrange(40)))

    def _attribute(self):
        return struct.pack(">BH", self.chance.randrange(256), 3) + b"abc"[: self.chance.randrange(4)]

    def _file(self):
        """An id, a name and a size: of this conversation alone, or shared with its neighbours."""
        group, own = self.number // NEIGHBOURS, self.chance.randrange(SHARED)
        if self.chance.random() < 0.5:
            transfer = struct.pack(">QQ", self.number, self.chance.randrange(4))
            name = f"own/{self.number % 100}/{self.number}-{transfer[-1]}"
        else:
            transfer = struct.pack(">QQ", 2**63 + group, own)
            name = f"shared/{group}/{own}"
        size = self.chance.choice([0, 1, 700, 3000, 3000]) if self.chance.random() < 0.1 else transfer[-1] * 400
        if self.chance.random() < 0.1:
            name = self.chance.choice([*NAMES, f"shared/{group}", f"shared/{group}/{own}/below"])
        return transfer, name, size

    def offer(self):
        transfer, name, size = self._file()
        tag = self.last = self.last + 1
        if self.chance.random() < 0.04:
            tag = self.chance.choice([0, 1, max(1, self.last - 1), 2**32 - 1])
        if self.chance.random() < 0.02:
            size = self.chance.choice(FAR)
        eager = self.chance.random() < 0.5
        self.talk.note(tag, transfer, name, size)
        self.talk.put(messages.offer(tag, name, size, transfer, eager))
        self.next[tag] = 0
        if eager and size and size < 2**20 and self.chance.random() < 0.95:
            self._content(tag, 0, size)
            del self.next[tag]

    def _content(self, tag, offset, length, damage=0):
        transfer, _, size = self.talk.offers.get(tag, (bytes(16), "", 0))
        piece = content_of(transfer, min(size, 1 << 14))[offset : offset + length]
        self.talk.put(messages.content(tag, offset, piece, damage))

    def proceed(self):
        """Sends content of an open transfer, from the offset of its accept on or from where it should be."""
        if not self.next:
            return self.offer()
        tag = self.chance.choice(sorted(self.next))
        size = self.talk.offers[tag][2]
        offset = max(self.next[tag], self.talk.accepted.get(tag, 0))
        left = size - offset
        if left <= 0 or size >= 2**20:
            return self.next.pop(tag)
        length = min(left, self.chance.choice([left, 100, 1]))
        self._content(tag, offset, length)
        self.next[tag] = offset + length

    def wrong_content(self):
        tag = self.chance.choice([0, 7, *self.next, self.last])
        kind = self.chance.randrange(5)
        if kind == 0:
            self.talk.put(messages.content_header(tag, self.chance.choice(FAR), self.chance.choice([0, 1, 2**32 - 1])))
        elif kind == 1:
            self._content(tag, self.next.get(tag, 0), 500, damage=1)
        elif kind == 2:
            self._content(tag, self.next.get(tag, 0) + self.chance.choice([1, 5000]), 500)
        elif kind == 3:
            self.talk.put(messages.content(tag, self.next.get(tag, 0), bytes(4000)))  # more than was announced
        else:
            header = messages.content_header(tag, self.next.get(tag, 0), 3000)
            self.talk.put(header, bytes(self.chance.randrange(100)))  # the rest is read from what follows

    def withdraw(self):
        tag = self.chance.choice([0, 1, self.last, self.last + 5, *self.next])
        self.next.pop(tag, None)
        self.talk.put(messages.withdraw(tag, self.chance.choice(["", "why", "\x1b[31m", "x" * 1500])))

    def ask(self):
        tag = self.last = self.last + 1
        kind = self.chance.randrange(8)
        group = self.number // NEIGHBOURS
        if kind < 4:
            name = self.chance.choice([f"shared/{group}/*", "*[", "[!a-", "?" * 50, "a" * 1025, "own/1*", "\x01"])
            self.talk.put(messages.ask_history(tag, name, self.chance.randrange(1, 20)))
        elif kind == 4:
            self.talk.put(messages.ask(tag, messages.STATS))
        elif kind == 5:
            self.talk.put(messages.ask(tag, messages.HEALTH))
        elif kind == 6:
            self.talk.put(messages.ask(self.chance.choice([0, tag]), self.chance.randrange(256), b"\x00" * 9))
        else:
            self.talk.put(messages.ask_history(1, "shared/*", 1))  # perhaps a tag that is in use

    def ping(self):
        self.talk.put(messages.ping(self.chance.randbytes(8)))

    def wait(self):
        """Reads some answers. A ping makes sure that there is one."""
        self.ping()
        for _ in range(self.chance.randrange(1, 4)):
            if self.talk.read() == Message.PONG:
                break

    def damage(self):
        kind, payload = self.chance.randrange(256), self.chance.randbytes(self.chance.randrange(60))
        what = self.chance.randrange(6)
        if what == 0:
            self.talk.put(frame(kind, payload))
        elif what == 1:
            self.talk.put(frame(self.chance.randrange(1, 8), payload))
        elif what == 2:
            self.talk.put(HEADER.pack(len(payload), kind, self.chance.getrandbits(32)), payload)
        elif what == 3:
            self.talk.put(HEADER.pack(self.chance.choice([2**14 + 1, 2**31, 2**32 - 1]), Message.OFFER, 0))
        elif what == 4:
            whole = messages.offer(9, "cut", 10, bytes(16))
            self.talk.note(9, bytes(16), "cut", 10)  # the next message may begin with the missing byte
            self.talk.put(whole[: self.chance.randrange(len(whole))])
        else:
            self.talk.put(messages.offer(9, "longer", 10)[:-1] + b"\x02")  # neither yes nor no

    def _end(self):
        kind = self.chance.random()
        if kind < 0.6:
            self.talk.flush()
            self.talk.stream.end_sending()
            self.talk.read_to_end()
        elif kind < 0.75:
            self.talk.flush()
            self.talk.reset()
        elif kind < 0.985:
            self.ping()
            while self.talk.read() != Message.PONG:
                pass
        else:
            self.talk.read_to_end()  # until the receiver loses its patience
        self.talk.connection.close()


STEPS = [
    (Steps.offer, 40), (Steps.proceed, 20), (Steps.ping, 4), (Steps.wait, 8), (Steps.withdraw, 5), (Steps.ask, 4),
    (Steps.wrong_content, 3), (Steps.damage, 2),
]


def classic(stream, number, chance):
    """A classic client: its header, and not always the content that the header announces."""
    name = chance.choice([f"classic-{number}", f"classic-{number // NEIGHBOURS}", "a/b", "..", "", "x" * 256])
    size = chance.choice([0, 10, 500, 500, 500, -1, 2**31 - 1])
    content = content_of(name.encode(), max(0, min(size, 600)) + chance.choice([0, 0, 0, -5, 20]))
    data = struct.pack("<256si", name.encode(), size) + content
    try:
        stream.sendall(data[: chance.choice([len(data), len(data), len(data), 100, 258, 300])])
        stream.end_sending()
        while stream.recv(1 << 10):
            pass
    except TimeoutError:
        raise
    except OSError:
        raise Ended
