"""TLS by the standard library, which is that of OpenSSL: another one than the receiver's."""

import os
import ssl


def client_context(identity=None):
    """Returns a context that does not check the receiver's certificate. `identity` is a directory with key.pem and
    certificate.pem, as XFER_HOME is; None shows no certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if identity:
        context.load_cert_chain(os.path.join(identity, "certificate.pem"), os.path.join(identity, "key.pem"))
    return context


def encrypted(connection, identity=None):
    """Returns the connection after a TLS handshake."""
    return client_context(identity).wrap_socket(connection)


class Handshake:
    """The client's side of a handshake, without a socket."""

    def __init__(self, context):
        self.input, self.output = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.input, self.output)

    def take(self, data=b""):
        """Takes what the receiver has sent. Returns what is to be sent. Raises ssl.SSLError if it failed."""
        self.input.write(data)
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            pass
        return self.output.read()


class Client:
    """A client of TLS whose records pass through memory, so that it can send them in parts."""

    def __init__(self, connection, identity=None):
        self.connection = connection
        self.input, self.output = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = client_context(identity).wrap_bio(self.input, self.output)
        self.rest = b""

    def begin(self, count):
        """Sends the first bytes of the handshake, and keeps the rest."""
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            hello = self.output.read()
        self.connection.sendall(hello[:count])
        self.rest = hello[count:]

    def finish(self):
        """Sends the rest and completes the handshake."""
        self.connection.sendall(self.rest)
        self._until_done(self.tls.do_handshake)

    def sendall(self, data):
        self.tls.write(data)
        self.connection.sendall(self.output.read())

    def recv(self, count):
        """Returns bytes; none at the end of the connection, by close_notify or without."""
        try:
            return self._until_done(lambda: self.tls.read(count))
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return b""

    def end_sending(self):
        """Sends close_notify, and still receives."""
        try:
            self.tls.unwrap()
        except ssl.SSLWantReadError:
            pass
        self.connection.sendall(self.output.read())

    def _until_done(self, step):
        while True:
            try:
                result = step()
                self.connection.sendall(self.output.read())
                return result
            except ssl.SSLWantReadError:
                self.connection.sendall(self.output.read())
                block = self.connection.recv(1 << 16)
                if block:
                    self.input.write(block)
                else:
                    self.input.write_eof()
