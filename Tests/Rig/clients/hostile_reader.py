"""A client of the pages that reads slowly, or not at all.

    hostile_reader.py HOST:PORT hog COUNT PATH     so many connections, each asks twice and reads nothing
    hostile_reader.py HOST:PORT slow PATH          reads an answer in small pieces, with pauses
    hostile_reader.py HOST:PORT crowd PATH         asks eight times, reads the heads, asks once more, reads the rest
    hostile_reader.py HOST:PORT half PATH          asks, closes its sending side and reads on
    hostile_reader.py HOST:PORT leave HOW PATH     asks eight times and leaves, by "close" or by "reset"
    hostile_reader.py HOST:PORT body HEADER        sends the head of a request, and its body byte by byte

`hog` says so when all have asked, and waits for a line of input; the others print what they got. Each connection of
`hog` comes from another loopback address. `leave` waits until its address may ask no more.
"""

import json
import socket
import struct
import sys
import time

sys.path.insert(0, sys.path[0] + "/../..")  # Tests, which holds the packages

from Rig.ports import connect, endpoint


def connect_slowly(address, source):
    """Connects with a small buffer."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.bind((source, 0))
    client.settimeout(60)
    client.connect(endpoint(address))
    return client


def request(path):
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def hog(address, count, path):
    clients = []
    for number in range(int(count)):
        client = connect_slowly(address, f"127.0.{1 + number // 200}.{1 + number % 200}")
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
    client = connect_slowly(address, "127.0.2.1")
    client.sendall(request(path))
    data, pauses = b"", 0
    while not is_whole(data):
        part = client.recv(16 << 10)
        if not part:
            break
        data += part
        pauses += 1
        time.sleep(0.05)
    print(json.dumps({"whole": is_whole(data), "bytes": len(data), "pauses": pauses}))


def read_to(client, is_enough, data=b""):
    while not is_enough(data):
        part = client.recv(64 << 10)
        if not part:
            break
        data += part
    return data


def has_head(data):
    return b"\r\n\r\n" in data


def status(data):
    return int(data.split(b" ")[1]) if data else None


def crowd(address, path):
    *clients, ninth = [connect(address, 120) for _ in range(9)]
    for client in clients:
        client.sendall(request(path))
    answers = [read_to(client, has_head) for client in clients]
    ninth.sendall(request(path))
    head = read_to(ninth, has_head).partition(b"\r\n\r\n")[0]
    answers = [read_to(client, is_whole, answer) for client, answer in zip(clients, answers)]
    whole = sum(is_whole(answer) and status(answer) == 200 for answer in answers)
    retries = b"\r\nretry-after:" in head.lower()
    print(json.dumps({"status": status(head), "retries": retries, "whole": whole}))


def half(address, path):
    client = connect_slowly(address, "127.0.0.1")
    client.sendall(request(path))
    client.shutdown(socket.SHUT_WR)
    data = read_to(client, lambda _: False)
    print(json.dumps({"status": status(data), "whole": is_whole(data)}))


def asked(address, path):
    client = connect_slowly(address, "127.0.0.1")
    client.sendall(request(path))
    return status(read_to(client, has_head))


def leave(address, how, path):
    clients = [connect_slowly(address, "127.0.0.1") for _ in range(8)]
    for client in clients:
        client.sendall(request(path))
    while asked(address, "/history?limit=1") != 503:
        pass
    for client in clients:
        if how == "reset":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
    print(json.dumps({"left": len(clients)}))


def body(address, header):
    client = connect_slowly(address, "127.0.0.1")
    client.sendall(f"POST /history HTTP/1.1\r\nHost: x\r\n{header}\r\n\r\n".encode())
    first = status(read_to(client, has_head))
    part = b"1\r\nx\r\n" if "chunked" in header else b"x"
    try:
        while True:
            client.sendall(part)
            time.sleep(0.1)
    except OSError:
        print(json.dumps({"status": first, "closed": True}))


CASES = {"hog": hog, "slow": slow, "crowd": crowd, "half": half, "leave": leave, "body": body}


def main():
    CASES[sys.argv[2]](sys.argv[1], *sys.argv[3:])


if __name__ == "__main__":
    main()
