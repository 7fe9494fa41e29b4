"""Holds the database as another program would, until it is interrupted.

lock_history.py DATABASE
"""

import signal
import sqlite3
import sys


def main():
    database = sqlite3.connect(sys.argv[1], isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    print("locked", file=sys.stderr, flush=True)
    signal.pause()


if __name__ == "__main__":
    main()
