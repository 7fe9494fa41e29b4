"""Runs a client through a relay to a receiver, and prints the TLS records that the client sent.

    recording_relay.py HOST:PORT -- COMMAND...

The address of the relay takes the place of {} in the command. Prints one line of JSON: the exit status and the
standard error of the command, the type and the length of each record, and all bytes in hexadecimal digits.
"""

import json
import subprocess
import sys

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig.relay import Passage, Relay


class Recording(Relay):
    def __init__(self, target):
        super().__init__(target)
        self.sent = b""

    def passage(self, sender):
        return RecordedPassage(sender, self.target, self)


class RecordedPassage(Passage):
    def __init__(self, sender, target, recording):
        super().__init__(sender, target)
        self.recording = recording

    def pass_on(self, source, block):
        if source is self.sender:
            self.recording.sent += block
        return super().pass_on(source, block)


def records(data):
    found = []
    while len(data) >= 5:
        length = int.from_bytes(data[3:5])
        found.append([data[0], length])
        data = data[5 + length :]
    return found


def main():
    address, _, *command = sys.argv[1:]
    with Recording(address) as recording:
        words = [word.replace("{}", recording.address) for word in command]
        done = subprocess.run(words, capture_output=True, text=True)
        for passage in recording.passages:
            passage.join()
    result = {"status": done.returncode, "err": done.stderr, "records": records(recording.sent)}
    print(json.dumps(result | {"sent": recording.sent.hex()}))


if __name__ == "__main__":
    main()
