"""Runs a command on a terminal with a screen, and says what the screen showed.

    screen.py [--size COLUMNSxROWS] [--resize COLUMNSxROWS] [--reflow] [--signal NAME]... COMMAND...

--resize changes the size after the first frames that show a running file; --reflow breaks the lines
again then, as most terminals do now, where others cut them. Each --signal is sent when a frame shows a
running file, the next one when the screen has changed after the one before.
Prints one line of JSON: the exit status (128 and more for a signal), the frames (the lines of the screen
after each output, without those that repeat), their sizes, and the sequences that were not understood.
"""

import argparse
import fcntl
import json
import os
import pty
import re
import signal
import struct
import sys
import termios
import unicodedata


class Screen:
    """A terminal: as much of ECMA-48 as programs need that draw again in place."""

    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.lines = [[] for _ in range(rows)]
        self.wrapped = [False] * rows  # the line goes on in the next one
        self.x = self.y = 0
        self.breaks, self.is_pending = True, False
        self.unknown, self.colours = [], 0
        self.rest = ""

    def feed(self, text):
        text = self.rest + text
        self.rest = ""
        position = 0
        while position < len(text):
            character = text[position]
            if character == "\x1b":
                match = re.compile(r"\x1b\[([?0-9;]*)([@-~])").match(text, position)
                if not match:
                    if len(text) - position < 12:
                        self.rest = text[position:]
                        return
                    self.unknown.append(text[position : position + 8])
                    position += 1
                    continue
                self.control(match[1], match[2])
                position = match.end()
                continue
            position += 1
            self.put(character)

    def control(self, parameters, final):
        number = int(parameters) if parameters.isdigit() else None
        if final == "A":
            self.y = max(0, self.y - (number or 1))
            self.is_pending = False
        elif final == "K" and number in (None, 0):
            del self.lines[self.y][self.x :]
            self.wrapped[self.y] = False
        elif final == "J" and number in (None, 0):
            del self.lines[self.y][self.x :]
            self.wrapped[self.y] = False
            for row in range(self.y + 1, self.rows):
                self.lines[row], self.wrapped[row] = [], False
        elif final == "m":
            self.colours += 1
        elif final in "hl" and parameters == "?7":
            self.breaks = final == "h"
        else:
            self.unknown.append(f"CSI {parameters} {final}")

    def put(self, character):
        if character == "\r":
            self.x, self.is_pending = 0, False
        elif character == "\n":
            self.feed_line()
        elif character == "\b":
            self.x, self.is_pending = max(0, self.x - 1), False
        elif character == "\x07":
            pass
        elif ord(character) < 32:
            self.unknown.append(repr(character))
        else:
            self.write(character)

    def write(self, character):
        if unicodedata.category(character) in ("Mn", "Me", "Cf"):
            if self.x > 0:
                self.lines[self.y][self.x - 1] += character
            return
        width = 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if self.is_pending or self.x + width > self.columns:
            if self.breaks:
                self.wrapped[self.y] = True
                self.x, self.is_pending = 0, False
                self.feed_line()
            else:
                self.x = self.columns - width
        line = self.lines[self.y]
        line.extend(" " * (self.x + width - len(line)))
        line[self.x : self.x + width] = [character] + [""] * (width - 1)
        self.x += width
        if self.x >= self.columns:
            self.x, self.is_pending = self.columns - 1, True

    def feed_line(self):
        self.is_pending = False
        if self.y + 1 < self.rows:
            self.y += 1
        else:
            self.lines = self.lines[1:] + [[]]
            self.wrapped = self.wrapped[1:] + [False]

    def resize(self, columns, rows, reflows):
        if reflows:
            self.reflow(columns)
        else:
            for line in self.lines:
                del line[columns:]
        over = max(0, len(self.lines) - rows)
        keep = min(over, self.y)  # lines go out at the top, as far as the cursor allows
        self.lines, self.wrapped = self.lines[keep:][:rows], self.wrapped[keep:][:rows]
        self.y -= keep
        missing = rows - len(self.lines)
        self.lines += [[] for _ in range(missing)]
        self.wrapped += [False] * missing
        self.columns, self.rows = columns, rows
        self.x, self.is_pending = min(self.x, columns - 1), False

    def reflow(self, columns):
        """Breaks each line again. The cursor stays at its character."""
        paragraphs, cursor = [[]], None
        for row, line in enumerate(self.lines):
            if row == self.y:
                cursor = (len(paragraphs) - 1, len(paragraphs[-1]) + self.x)
            paragraphs[-1].extend(line)
            if not self.wrapped[row]:
                paragraphs.append([])
        paragraphs.pop()
        lines, wrapped = [], []
        for index, cells in enumerate(paragraphs):
            parts = [cells[i : i + columns] for i in range(0, len(cells), columns)] or [[]]
            if index == cursor[0]:
                self.y = len(lines) + min(cursor[1] // columns, len(parts) - 1)
                self.x = cursor[1] % columns
            lines += parts
            wrapped += [True] * (len(parts) - 1) + [False]
        while len(lines) > self.rows and not lines[-1]:
            lines.pop()
            wrapped.pop()
        self.lines, self.wrapped = lines, wrapped

    def text(self):
        shown = ["".join(line).rstrip() for line in self.lines]
        while shown and not shown[-1]:
            shown.pop()
        return shown


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", default="80x24")
    parser.add_argument("--resize")
    parser.add_argument("--reflow", action="store_true")
    parser.add_argument("--signal", action="append", default=[])
    parser.add_argument("command", nargs=argparse.REMAINDER)
    return parser.parse_args()


def pair(text):
    return tuple(int(part) for part in text.split("x"))


class Watch:
    def __init__(self, arguments):
        self.arguments = arguments
        self.screen = Screen(*pair(arguments.size))
        self.signals = list(arguments.signal)
        self.frames, self.sizes = [], []
        self.is_resized, self.last = False, None

    def run(self):
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            self.terminal = 1
            self.set_size(*pair(self.arguments.size))
            os.execv(self.arguments.command[0], self.arguments.command)
        pending = b""
        while block := self.read():
            pending += block
            text = pending.decode(errors="ignore")
            pending = pending[len(text.encode()) :]
            self.screen.feed(text)
            self.note()
        status = os.waitpid(self.process, 0)[1]
        status = os.waitstatus_to_exitcode(status)
        return 128 - status if status < 0 else status

    def read(self):
        try:
            return os.read(self.terminal, 1 << 16)
        except OSError:  # the command has ended
            return b""

    def set_size(self, columns, rows):
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def note(self):
        frame = self.screen.text()
        if frame != self.last:
            self.frames.append(frame)
            self.sizes.append(self.screen.columns)
        self.last = frame
        is_running = any(re.search(r"\d+%", line) for line in frame)
        if not is_running or len(self.frames) < 3:
            return
        if self.arguments.resize and not self.is_resized:
            self.is_resized = True
            columns, rows = pair(self.arguments.resize)
            self.screen.resize(columns, rows, self.arguments.reflow)
            self.set_size(columns, rows)
        elif self.signals:
            os.kill(self.process, getattr(signal, self.signals.pop(0)))


def main():
    watch = Watch(parse())
    status = watch.run()
    report = {"status": status, "frames": watch.frames, "sizes": watch.sizes,
              "unknown": watch.screen.unknown, "colours": watch.screen.colours}
    print(json.dumps(report))


if __name__ == "__main__":
    main()
