"""Opens a connection as a client of TLS does.

tls_client.py HOST:PORT
"""

import sys

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig.ports import connect


def main():
    connection = connect(sys.argv[1])
    connection.sendall(bytes.fromhex("1603010200010001fc0303"))
    connection.recv(1)


if __name__ == "__main__":
    main()
