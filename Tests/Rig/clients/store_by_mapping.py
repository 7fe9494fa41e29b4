"""Changes the first byte of a file through a mapping: on tmpfs that changes no time.

store_by_mapping.py FILE
"""

import mmap
import sys


def main():
    with open(sys.argv[1], "r+b") as file:
        mapping = mmap.mmap(file.fileno(), 0)
        mapping[0] ^= 1
        mapping.flush()


if __name__ == "__main__":
    main()
