"""Holds a file by a lease, releases it when the kernel asks for it, and runs a program meanwhile.

lease_holder.py FILE PROGRAM ARGUMENT...
"""

import fcntl
import os
import signal
import subprocess
import sys


def main():
    path, program, *arguments = sys.argv[1:]
    file = os.open(path, os.O_RDWR)
    signal.signal(signal.SIGIO, lambda *_: fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK))
    fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
    sys.exit(subprocess.run([program] + arguments).returncode)


if __name__ == "__main__":
    main()
