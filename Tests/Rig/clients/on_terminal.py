"""Runs a command on a terminal, and answers its question.

    on_terminal.py ANSWER COMMAND...

Types the answer when the command has printed a question mark. Prints one line of JSON: the exit status and the
output.
"""

import json
import os
import pty
import sys


def main():
    answer, *command = sys.argv[1:]
    process, terminal = pty.fork()
    if process == 0:
        os.execv(command[0], command)
    output, is_answered = b"", False
    while block := read(terminal):
        output += block
        if b"[yes/no]" in output and not is_answered:
            os.write(terminal, answer.encode() + b"\n")
            is_answered = True
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    print(json.dumps({"status": status, "output": output.decode()}))


def read(terminal):
    try:
        return os.read(terminal, 4096)
    except OSError:  # the command has ended
        return b""


if __name__ == "__main__":
    main()
