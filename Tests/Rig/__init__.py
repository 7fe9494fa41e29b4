"""Tools that bench, torture and the tests share. Programs put Tests on their path; all imports start there."""

import os

# A receiver that serves every client, and a sender without encryption, unless a tool says otherwise.
os.environ.setdefault("XFERD_ACCESS", "open")
os.environ.setdefault("XFER_PLAIN", "1")
