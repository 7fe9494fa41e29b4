"""Asks for a page over HTTP or HTTPS and prints status, headers and body as one JSON object.

page_client.py URL [--ca FILE] [--form TEXT] [--times N] [--header "NAME: VALUE"]…
"""

import argparse
import http.client
import json
import ssl
import urllib.parse


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--ca")
    parser.add_argument("--form")
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--header", action="append", default=[])
    arguments = parser.parse_args()
    for _ in range(arguments.times):
        print(json.dumps(ask(arguments)))


def ask(arguments):
    url = urllib.parse.urlsplit(arguments.url)
    if url.scheme == "https":
        context = ssl.create_default_context(cafile=arguments.ca)
        connection = http.client.HTTPSConnection(url.netloc, context=context, timeout=60)
    else:
        connection = http.client.HTTPConnection(url.netloc, timeout=60)
    headers = dict(header.split(": ", 1) for header in arguments.header)
    path = url.path + ("?" + url.query if url.query else "")
    if arguments.form is None:
        connection.request("GET", path, headers=headers)
    else:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("POST", path, body=arguments.form, headers=headers)
    answer = connection.getresponse()
    found = {name.lower(): value for name, value in answer.getheaders()}
    return {"status": answer.status, "headers": found, "body": answer.read().decode()}


if __name__ == "__main__":
    main()
