import SystemPackage
import XferIdentity
import XferSystem

/// The bytes to and from one peer.
///
/// Conversations send and receive through this type alone, so that they do not depend on the kind
/// of the transport. Each kind is a case: a call is dispatched by a switch, which costs less than
/// an existential. A transport that decrypts may have input in this process. It says so by
/// `hasBufferedInput`, and `TransportWait` does not wait then.
package enum Transport: Sendable {
  /// TCP without encryption.
  case plain(PlainTransport)
  /// TCP with TLS 1.3.
  case tls(TLSTransport)

  /// Prepares a connection that blocks. A receive or a send returns after `timeout` without
  /// progress.
  package func prepareBlocking(timeout: Duration) throws(SystemFailure) {
    try socket.prepareBlocking(timeout: timeout)
  }

  /// Prepares a connection that does not block. The owner waits with `TransportWait`.
  package func prepareNonBlocking() throws(SystemFailure) { try socket.prepareNonBlocking() }

  /// Receives into the buffer. `whole` waits until the buffer is full, the peer closes or the
  /// timeout passes.
  package func receive(into buffer: UnsafeMutableRawBufferPointer, whole: Bool = false)
    throws(TransportFailure) -> Received
  {
    switch self {
    case .plain(let plain):
      try TransportFailure.catching { () throws(SystemFailure) in
        try plain.receive(into: buffer, whole: whole)
      }
    case .tls(let tls): try tls.receive(into: buffer, whole: whole)
    }
  }

  /// Sends as many bytes as fit and returns their number; 0 if the transport would block, or did so
  /// until the timeout. `more` says that more data follows at once.
  ///
  /// After 0 the next call must give the same bytes again, and may give more behind them: some of
  /// them may be encrypted already.
  package func send(_ bytes: UnsafeRawBufferPointer, more: Bool = false)
    throws(TransportFailure) -> Int
  {
    switch self {
    case .plain(let plain):
      try TransportFailure.catching { () throws(SystemFailure) in
        try plain.send(bytes, more: more)
      }
    case .tls(let tls): try tls.send(bytes)
    }
  }

  /// Sends `count` bytes of a file from an offset on, or as many as fit. After `.nothing` the next
  /// call must be the same.
  package func sendFile(_ file: FileDescriptor, at offset: Int64, count: Int)
    throws(TransportFailure) -> SentFile
  {
    switch self {
    case .plain(let plain):
      try TransportFailure.catching { () throws(SystemFailure) in
        try plain.sendFile(file, at: offset, count: count)
      }
    case .tls(let tls): try tls.sendFile(file, at: offset, count: count)
    }
  }

  /// True if a receive returns bytes that poll(2) does not report, because this process has taken
  /// them from the socket already.
  package var hasBufferedInput: Bool {
    switch self {
    case .plain: false
    case .tls(let tls): tls.hasBufferedInput
    }
  }

  /// True if nothing must be exchanged before bytes of a conversation can be sent.
  package var isEstablished: Bool {
    switch self {
    case .plain: true
    case .tls(let tls): tls.isEstablished
    }
  }

  /// True if no third side can read or change what is sent.
  package var isEncrypted: Bool {
    switch self {
    case .plain: false
    case .tls: true
    }
  }

  /// Ends the sending direction. Data that was sent before still arrives.
  package func shutdownSending() {
    switch self {
    case .plain(let plain): plain.shutdownSending()
    case .tls(let tls): tls.shutdownSending()
    }
  }

  /// The state of the peer, without a receive.
  package var peerState: PeerState { socket.peerState }

  /// Closes the connection.
  package func close() {
    switch self {
    case .plain(let plain): plain.close()
    case .tls(let tls): tls.close()
    }
  }

  /// The socket below, of any kind of transport.
  private var socket: PlainTransport {
    switch self {
    case .plain(let plain): plain
    case .tls(let tls): tls.socket
    }
  }

  /// The socket, for poll(2).
  var descriptor: FileDescriptor { socket.descriptor }
}
