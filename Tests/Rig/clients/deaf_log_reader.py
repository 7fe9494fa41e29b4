"""Starts a receiver and reads its log up to the address, and no further until all is sent.

deaf_log_reader.py PROGRAMS DATA TREE
"""

import subprocess
import sys
import threading


def main():
    programs, data, tree = sys.argv[1:]
    command = [programs + "/xferd", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--data", data]
    receiver = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, bufsize=1)
    line = next(line for line in receiver.stderr if "receiving on " in line)
    server = line.split("receiving on ")[1].strip()
    try:
        command = [programs + "/xferctl", "send", tree, "--server", server, "--quiet"]
        subprocess.run(command, check=True, timeout=100)
        reader = threading.Thread(target=lambda: print(receiver.stderr.read()))
        reader.start()
        subprocess.run(command + ["--as", "again"], check=True, timeout=100)
        receiver.terminate()
        reader.join()
        sys.exit(receiver.wait(60))
    finally:
        receiver.kill()


if __name__ == "__main__":
    main()
