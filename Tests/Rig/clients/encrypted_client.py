"""Sends bytes inside of TLS and prints the bytes of the answer.

    encrypted_client.py HOST:PORT IDENTITY send HEX

IDENTITY is a directory with key.pem and certificate.pem. Prints one line of JSON.
"""

import json
import ssl
import sys

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig.ports import connect
from Rig.tls import encrypted


def main():
    address, identity, _, data = sys.argv[1:]
    connection = encrypted(connect(address, 30), identity)
    connection.sendall(bytes.fromhex(data))
    received, end = b"", "close_notify"
    try:
        while block := connection.recv(1 << 16):
            received += block
    except (ssl.SSLError, OSError) as error:
        end = str(error)
    print(json.dumps({"received": received.hex(), "end": end}))


if __name__ == "__main__":
    main()
