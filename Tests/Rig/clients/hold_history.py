"""Holds the database alone, as VACUUM does, for longer than SQLite waits for it.

hold_history.py DATABASE
"""

import sqlite3
import sys
import time


def main():
    database = sqlite3.connect(sys.argv[1], isolation_level=None)
    database.execute("PRAGMA locking_mode = EXCLUSIVE")
    database.execute("BEGIN EXCLUSIVE")
    print("locked", file=sys.stderr, flush=True)
    time.sleep(30)


if __name__ == "__main__":
    main()
