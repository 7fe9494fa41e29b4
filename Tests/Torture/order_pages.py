"""Requests for the receiver's pages, of which many are not as they should be."""

import urllib.parse

from Rig.ports import connect

PATIENCE = 90
PATHS = ["/", "/stats", "/metrics", "/healthz", "/readyz", "/history", "/history", "/history", "/login", "/none", "/../etc"]
VALUES = [
    "", "1", "0", "10000", "10001", "-1", "99999999999999999999", "*", "shared/*", "[", "*[!a", "?" * 300, "a" * 1025,
    "10.0.0.1", "::1", "cam7", "\x00", "\n", "é", "%", "'; DROP TABLE transfer;--", "../..",
]
METHODS = ["GET"] * 12 + ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get", "X" * 100]
EXPECTED = {200, 303, 400, 401, 404, 405, 408, 411, 413, 414, 429, 431, 501, 503, 505}


def _query(chance):
    pairs = []
    for _ in range(chance.randrange(4)):
        value = chance.choice(VALUES)
        coded = urllib.parse.quote(value) if chance.random() < 0.7 else "%" + value[:1] + "zz%ff%c3"
        pairs.append(f"{chance.choice(['limit', 'client', 'name', 'x', ''])}{chance.choice(['=', '=', '=', ''])}{coded}")
    return "?" + "&".join(pairs) if pairs else ""


def _headers(chance, token):
    headers = ["Host: x", "Connection: close"]
    if chance.random() < 0.6:
        headers.append(f"Authorization: Bearer {token}")
    headers += chance.sample([
        "Authorization: Bearer", "Authorization: Basic eDp5", "Authorization: Bearer " + "x" * 3000,
        "Authorization: \xff\xfe", f"Cookie: xferd_token={token}", "Cookie: =;;;xferd_token", "Content-Length: 5",
        "Content-Length: -1", "Transfer-Encoding: chunked", "Expect: 100-continue", "X: " + "y" * 9000, "Range: bytes=0-",
        "Host: y", ": empty", "Upgrade: h2c", "If-None-Match: *",
    ], chance.choice([0, 0, 0, 1, 2]))
    return headers


def request(chance, token):
    """Returns the bytes of a request."""
    if chance.random() < 0.05:
        return chance.randbytes(chance.randrange(200))
    line = f"{chance.choice(METHODS)} {chance.choice(PATHS)}{_query(chance)} {chance.choice(['HTTP/1.1'] * 9 + ['HTTP/1.0', 'HTTP/3', ''])}"
    data = "\r\n".join([line, *_headers(chance, token), "", ""]).encode("latin-1", "replace")
    return data if chance.random() < 0.95 else data[: chance.randrange(len(data))]


def ask(address, source, chance, token):
    """Sends one request and reads the answer to its end. Returns the status; None if there was no answer."""
    with connect(address, PATIENCE, source) as connection:
        answer = b""
        try:
            connection.sendall(request(chance, token))
            connection.shutdown(1)
            while part := connection.recv(1 << 16):
                answer += part
        except TimeoutError:
            raise
        except OSError:
            pass
    words = answer.split(b" ", 2)
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else None
