import SystemPackage
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

  /// Prepares a connection that blocks. A receive or a send returns after `timeout` without
  /// progress.
  package func prepareBlocking(timeout: Duration) throws(SystemFailure) {
    switch self {
    case .plain(let plain): try plain.prepareBlocking(timeout: timeout)
    }
  }

  /// Prepares a connection that does not block. The owner waits with `TransportWait`.
  package func prepareNonBlocking() throws(SystemFailure) {
    switch self {
    case .plain(let plain): try plain.prepareNonBlocking()
    }
  }

  /// Receives into the buffer. `whole` waits until the buffer is full, the peer closes or the
  /// timeout passes.
  package func receive(into buffer: UnsafeMutableRawBufferPointer, whole: Bool = false)
    throws(SystemFailure) -> Received
  {
    switch self {
    case .plain(let plain): try plain.receive(into: buffer, whole: whole)
    }
  }

  /// Sends as many bytes as fit and returns their number; 0 if the transport would block, or did so
  /// until the timeout. `more` says that more data follows at once.
  package func send(_ bytes: UnsafeRawBufferPointer, more: Bool = false)
    throws(SystemFailure) -> Int
  {
    switch self {
    case .plain(let plain): try plain.send(bytes, more: more)
    }
  }

  /// Sends `count` bytes of a file from an offset on, or as many as fit.
  package func sendFile(_ file: FileDescriptor, at offset: Int64, count: Int)
    throws(SystemFailure) -> SentFile
  {
    switch self {
    case .plain(let plain): try plain.sendFile(file, at: offset, count: count)
    }
  }

  /// True if a receive returns bytes that poll(2) does not report, because this process has taken
  /// them from the socket already.
  package var hasBufferedInput: Bool {
    switch self {
    case .plain: false
    }
  }

  /// Ends the sending direction. Data that was sent before still arrives.
  package func shutdownSending() {
    switch self {
    case .plain(let plain): plain.shutdownSending()
    }
  }

  /// The state of the peer, without a receive.
  package var peerState: PeerState {
    switch self {
    case .plain(let plain): plain.peerState
    }
  }

  /// Closes the connection.
  package func close() {
    switch self {
    case .plain(let plain): plain.close()
    }
  }

  /// The socket, for poll(2).
  var descriptor: FileDescriptor {
    switch self {
    case .plain(let plain): plain.descriptor
    }
  }
}
