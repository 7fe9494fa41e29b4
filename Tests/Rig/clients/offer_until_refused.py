"""Delivers empty files on one connection until the receiver refuses one.

    offer_until_refused.py HOST:PORT IDENTITY

IDENTITY is a directory with key.pem and certificate.pem. Prints the refusal as one line of JSON.
"""

import itertools
import json
import sys

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig import messages
from Rig.frames import Message
from Rig.messages import Refused
from Rig.native import Connection


def main():
    address, identity = sys.argv[1:]
    try:
        connection = Connection(address, identity=identity)
        for tag in itertools.count(1):
            connection.send(messages.offer(tag, f"f{tag}", 0, eager=True))
            connection.expect(Message.RECEIPT)
    except Refused as refused:
        print(json.dumps({"tag": refused.tag, "reason": refused.reason, "sentence": refused.sentence}))


if __name__ == "__main__":
    main()
