"""A client of TLS by OpenSSL's library itself, for what Python's ssl cannot do: to change its keys (KeyUpdate,
RFC 8446 section 4.6.3)."""

import ctypes
import ctypes.util
import os
import select

PEM = 1  # SSL_FILETYPE_PEM
UPDATE_REQUESTED = 1  # SSL_KEY_UPDATE_REQUESTED
CLEAR_MODE, AUTO_RETRY = 78, 4  # SSL_CTRL_CLEAR_MODE, SSL_MODE_AUTO_RETRY: a read returns after each record

_FUNCTIONS = {
    "TLS_client_method": [], "SSL_CTX_new": [ctypes.c_void_p], "SSL_CTX_free": [ctypes.c_void_p],
    "SSL_CTX_use_certificate_file": [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int],
    "SSL_CTX_use_PrivateKey_file": [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int],
    "SSL_CTX_ctrl": [ctypes.c_void_p, ctypes.c_int, ctypes.c_long, ctypes.c_void_p],
    "SSL_new": [ctypes.c_void_p], "SSL_free": [ctypes.c_void_p],
    "SSL_set_fd": [ctypes.c_void_p, ctypes.c_int], "SSL_connect": [ctypes.c_void_p],
    "SSL_key_update": [ctypes.c_void_p, ctypes.c_int], "SSL_do_handshake": [ctypes.c_void_p],
    "SSL_write": [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int],
    "SSL_read": [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int],
}  # fmt: skip
_POINTERS = {"TLS_client_method", "SSL_CTX_new", "SSL_new"}


def _load():
    """Returns the library with the types of its functions, or None if this machine has none."""
    name = ctypes.util.find_library("ssl")
    if name is None:
        return None
    library = ctypes.CDLL(name)
    for function, arguments in _FUNCTIONS.items():
        getattr(library, function).argtypes = arguments
        if function in _POINTERS:
            getattr(library, function).restype = ctypes.c_void_p
    return library


LIBRARY = _load()


class Ended(OSError):
    """The receiver has ended the connection."""


class Client:
    """A client with an identity on a socket that blocks. It does not check the receiver's certificate."""

    def __init__(self, connection, identity):
        self.connection = connection
        self._context = LIBRARY.SSL_CTX_new(LIBRARY.TLS_client_method())
        for load, name in (
            (LIBRARY.SSL_CTX_use_certificate_file, "certificate.pem"),
            (LIBRARY.SSL_CTX_use_PrivateKey_file, "key.pem"),
        ):
            if load(self._context, os.path.join(identity, name).encode(), PEM) != 1:
                raise OSError(f"{name} of {identity} cannot be used")
        LIBRARY.SSL_CTX_ctrl(self._context, CLEAR_MODE, AUTO_RETRY, None)
        self._tls = LIBRARY.SSL_new(self._context)
        LIBRARY.SSL_set_fd(self._tls, connection.fileno())
        self._must(LIBRARY.SSL_connect(self._tls))

    def _must(self, result):
        if result <= 0:
            raise Ended("TLS failed")

    def request_key_update(self):
        """Sends a KeyUpdate that asks the receiver for one, too."""
        self._must(LIBRARY.SSL_key_update(self._tls, UPDATE_REQUESTED))
        self._must(LIBRARY.SSL_do_handshake(self._tls))

    def sendall(self, data):
        self._must(LIBRARY.SSL_write(self._tls, data, len(data)))

    def drain(self):
        """Takes all that has come, and returns the number of bytes that are no messages of TLS."""
        taken, buffer = 0, ctypes.create_string_buffer(1 << 14)
        while select.select([self.connection], [], [], 0)[0]:
            count = LIBRARY.SSL_read(self._tls, buffer, len(buffer))
            taken += max(count, 0)
            if count <= 0 and not self._is_open():
                raise Ended("the receiver ended the connection")
        return taken

    def _is_open(self):
        """Nothing was read: that is no end if only a message of TLS was taken."""
        try:
            return not select.select([self.connection], [], [], 0)[0] or self.connection.recv(1, 2) != b""
        except OSError:
            return False

    def close(self):
        LIBRARY.SSL_free(self._tls)
        LIBRARY.SSL_CTX_free(self._context)
        self.connection.close()
