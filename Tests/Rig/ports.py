"""Addresses on this machine."""

import random
import socket


def free_port():
    """Returns a port below those that the kernel gives to connections: a sender that tries again while
    the receiver is down could otherwise be given the receiver's port, and keep it from coming back."""
    with open("/proc/sys/net/ipv4/ip_local_port_range") as file:
        first = int(file.read().split()[0])
    for _ in range(100):
        port = random.SystemRandom().randrange(min(10000, first - 1000), first)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise RuntimeError("no free port found")


def listens(port):
    """True if a program listens on the port. The kernel is asked, as a connection would be served."""
    wanted = f":{port:04X}"
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with open(table) as lines:
            for line in lines:
                fields = line.split()
                if fields[1].endswith(wanted) and fields[3] == "0A":
                    return True
    return False


def endpoint(address):
    """Returns the host and the port of `HOST:PORT` or `[HOST]:PORT`, as the functions of sockets take them."""
    host, port = address.rsplit(":", 1)
    return host.strip("[]"), int(port)


def connect(address, timeout=None, source=None):
    """Connects to `HOST:PORT`, from the address `source` if that is given."""
    return socket.create_connection(endpoint(address), timeout, (source, 0) if source else None)


def address_of(listener):
    """Returns the `HOST:PORT` of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"{host}:{port}"
