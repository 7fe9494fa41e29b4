"""A client of the pages that reads slowly, or not at all.

    hostile_reader.py HOST:PORT hog COUNT PATH     so many connections, each asks twice and reads nothing
    hostile_reader.py HOST:PORT slow PATH          reads an answer in small pieces, with pauses

`hog` says so when all have asked, and waits for a line of input; `slow` prints how much it got. Each connection of
`hog` comes from another loopback address.
"""

import json
import socket
import sys
import time


def connect(address, source):
    host, port = address.rsplit(":", 1)
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.bind((source, 0))
    client.settimeout(60)
    client.connect((host, int(port)))
    return client


def request(path):
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def hog(address, count, path):
    clients = []
    for number in range(count):
        client = connect(address, f"127.0.{1 + number // 200}.{1 + number % 200}")
        client.sendall(request(path) * 2)
        clients.append(client)
    print(json.dumps({"connections": len(clients)}), flush=True)
    sys.stdin.readline()


def is_whole(data):
    head, _, body = data.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return len(body) == int(line.split(b":")[1])
    return body.endswith(b"\r\n0\r\n\r\n")


def slow(address, path):
    client = connect(address, "127.0.2.1")
    client.sendall(request(path))
    data, pauses = b"", 0
    while not is_whole(data):
        part = client.recv(32 << 10)
        if not part:
            break
        data += part
        pauses += 1
        time.sleep(0.05)
    print(json.dumps({"whole": is_whole(data), "bytes": len(data), "pauses": pauses}))


if sys.argv[2] == "hog":
    hog(sys.argv[1], int(sys.argv[3]), sys.argv[4])
else:
    slow(sys.argv[1], sys.argv[3])
