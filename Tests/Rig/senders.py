"""Senders that a tool starts: xferctl, and the programs of Rig/clients."""

import json
import os
import re
import subprocess
import sys
import tempfile

from Rig import identity

CLIENTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "clients")


def send(programs, address, paths, *options, home=None):
    """Starts a sender, with the identity in the directory `home` if there is one, to the receiver that it has
    joined then. Its output goes to a file: a full pipe would hold it up."""
    out, err = tempfile.TemporaryFile("w+"), tempfile.TemporaryFile("w+")
    server = identity.SERVER if home else address
    process = subprocess.Popen(
        [f"{programs}/xferctl", "send", *paths, "--server", server, "--json", *options],
        stdin=subprocess.DEVNULL, stdout=out, stderr=err, text=True, env=identity.environment(home),
    )
    process.said, process.complained = out, err
    return process


def collect(process, timeout=None):
    """Returns the exit status of a sender, its receipts and other objects about files, and its complaints."""
    status = process.wait(timeout)
    texts = []
    for file in (process.said, process.complained):
        file.seek(0)
        texts.append(file.read())
        file.close()
    # A sender that was killed may have left half a line.
    whole = re.findall(r"^(.+)\n", texts[0], re.MULTILINE)
    objects = [json.loads(line) for line in whole]
    # Not the lines about the set and about the progress of large files.
    about = [object for object in objects if "set_name" not in object and object.get("status") != "sending"]
    return status, about, texts[1]


def run_client(program, address, *arguments, timeout=None):
    """Runs a program of Rig/clients. Returns the objects that it printed, and its complaints."""
    command = [sys.executable, "-B", os.path.join(CLIENTS, program), address, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr
