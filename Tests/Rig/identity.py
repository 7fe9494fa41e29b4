"""Identities of clients. Each has a directory, which XFER_HOME names, with its key and certificate."""

import os
import subprocess

SERVER = "receiver"  # the name that a receiver has for a client that joined it


def environment(home):
    """Returns the environment of a client with an identity, or of one without if `home` is None."""
    return dict(os.environ) if home is None else os.environ | {"XFER_HOME": home, "XFER_PLAIN": "0"}


def join(receiver, name, home, *options):
    """Enrols a client under a name, by an invite with these options. The receiver must run."""
    invite = [f"{receiver.programs}/xferd", "invite", name, "--data", receiver.data]
    invite += ["--address", receiver.address, *options]
    line = subprocess.run(invite, check=True, capture_output=True, text=True).stdout
    command = [f"{receiver.programs}/xferctl", "join", "-", "--as", SERVER]
    subprocess.run(
        command, check=True, input=line, text=True, env=environment(home), stdout=subprocess.DEVNULL
    )
    return home


def make(receiver, home):
    """Makes a key that no receiver knows."""
    command = [f"{receiver.programs}/xferctl", "identity"]
    subprocess.run(command, check=True, env=environment(home), stdout=subprocess.DEVNULL)
    return home
