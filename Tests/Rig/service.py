"""A service manager, as systemd is one: opens sockets for a receiver and takes its messages."""

import os
import socket
import struct
import subprocess

CREDENTIALS = struct.Struct("3i")  # pid, uid, gid (unix(7), SCM_CREDENTIALS)
FIRST = 3  # SD_LISTEN_FDS_START of sd_listen_fds(3)


class ServiceManager:
    """Starts a program with the variables of sd_listen_fds(3), sd_notify(3) and sd_watchdog_enabled(3)."""

    def __init__(self, address, patience=120):
        """Takes messages at the address: a path, or a name behind an at sign in the abstract namespace."""
        self.address = address
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.socket.settimeout(patience)
        self.socket.bind(address.replace("@", "\0", 1) if address.startswith("@") else address)
        self.messages = []

    def start(self, command, sockets=(), watchdog=None, log=subprocess.DEVNULL):
        """Starts the command with the sockets, pairs of a name and a socket. Returns the process."""
        variables = {"NOTIFY_SOCKET": self.address}
        if watchdog is not None:
            variables["WATCHDOG_USEC"] = str(watchdog)
        if sockets:
            variables["LISTEN_FDS"] = str(len(sockets))
            variables["LISTEN_FDNAMES"] = ":".join(name for name, _ in sockets)
        # The process must be named before it runs the program: the shell becomes it.
        shell = 'export LISTEN_PID=$$ WATCHDOG_PID=$$; exec "$0" "$@"'
        return subprocess.Popen(
            ["sh", "-c", shell, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            env=os.environ | variables,
            pass_fds=range(FIRST, FIRST + len(sockets)),
            preexec_fn=lambda: _place([each.fileno() for _, each in sockets]),
        )

    def receive(self):
        """Waits for the next message. Returns its assignments and the process that sent it."""
        data, ancillary, _, _ = self.socket.recvmsg(4096, socket.CMSG_SPACE(CREDENTIALS.size))
        sender = CREDENTIALS.unpack(ancillary[0][2][: CREDENTIALS.size])[0]
        message = dict(line.split("=", 1) for line in data.decode().split("\n"))
        self.messages.append(message)
        return message, sender

    def wait_for(self, assignment):
        """Waits for a message with the assignment, such as `READY=1`. Returns it and its sender."""
        name, value = assignment.split("=", 1)
        while True:
            message, sender = self.receive()
            if message.get(name) == value:
                return message, sender


def _place(descriptors):
    """Makes copies of the descriptors with the numbers from FIRST on, in the forked process."""
    high = [os.dup(each) for each in descriptors]
    while high and min(high) < FIRST + len(high):
        high = [os.dup(each) for each in high]
    for number, each in enumerate(high, FIRST):
        os.dup2(each, number)


def listener(kind=socket.SOCK_STREAM):
    """Returns a socket on a free port of loopback, which listens if it is of TCP."""
    opened = socket.socket(socket.AF_INET, kind)
    opened.bind(("127.0.0.1", 0))
    if kind == socket.SOCK_STREAM:
        opened.listen(128)
    return opened
