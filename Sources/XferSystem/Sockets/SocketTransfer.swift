import CLinux
import Glibc
import SystemPackage

/// The result of one receive.
package enum Received: Equatable, Sendable {
  /// At least one byte.
  case bytes(Int)
  /// No data: the socket does not block, or its timeout has passed.
  case nothing
  /// The peer has closed its direction of the connection.
  case end
}

extension FileDescriptor {
  /// Receives into the buffer (recv(2)).
  ///
  /// `whole` waits until the buffer is full, the peer closes or the socket's timeout passes
  /// (MSG_WAITALL), so that one system call fills a buffer with content.
  package func receive(into buffer: UnsafeMutableRawBufferPointer, whole: Bool = false)
    throws(SystemFailure) -> Received
  {
    let flags = whole ? Int32(MSG_WAITALL) : 0
    do {
      let count = try retrying("receive") {
        recv(rawValue, buffer.baseAddress, buffer.count, flags)
      }
      return count == 0 ? .end : .bytes(count)
    } catch  where error.errno == .wouldBlock {
      return .nothing
    }
  }

  /// Sends as many bytes as fit and returns their number, 0 if the socket would block (send(2)).
  ///
  /// `more` delays an incomplete packet because more data follows at once (MSG_MORE).
  package func send(_ bytes: UnsafeRawBufferPointer, more: Bool = false)
    throws(SystemFailure) -> Int
  {
    let flags = Int32(MSG_NOSIGNAL) | (more ? Int32(MSG_MORE) : 0)
    do {
      return try retrying("send") { Glibc.send(rawValue, bytes.baseAddress, bytes.count, flags) }
    } catch  where error.errno == .wouldBlock {
      return 0
    }
  }

  /// Sends all bytes over a socket that blocks.
  package func sendAll(_ bytes: [UInt8]) throws(SystemFailure) {
    var sent = 0
    while sent < bytes.count {
      sent += try send(bytes, from: sent)
    }
  }

  private func send(_ bytes: [UInt8], from start: Int) throws(SystemFailure) -> Int {
    let rest = bytes[start...]
    return try retrying("send") {
      rest.withUnsafeBytes { Glibc.send(rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }
  }

  /// Sends content of a file without copying it through this process (sendfile(2)).
  package func sendFile(_ file: FileDescriptor, at offset: Int64, count: Int)
    throws(SystemFailure) -> SentFile
  {
    var position = off_t(offset)
    do {
      let sent = try retrying("send") { sendfile(rawValue, file.rawValue, &position, count) }
      return sent == 0 ? .endOfFile : .bytes(sent)
    } catch  where error.errno == .wouldBlock {
      return .nothing
    }
  }

  /// Closes the sending direction. Data that was sent before still arrives (shutdown(2), SHUT_WR).
  package func shutdownSending() { Glibc.shutdown(rawValue, Int32(SHUT_WR)) }

  /// Returns the user of the peer of a Unix-domain socket (unix(7), SO_PEERCRED). Returns nil if
  /// the kernel does not report it.
  package func peerUser() -> uid_t? {
    var user = uid_t()
    return xfer_peer_user(rawValue, &user) == 0 ? user : nil
  }
}

/// The result of one `sendFile`.
package enum SentFile: Equatable, Sendable {
  case bytes(Int)
  /// The socket would block.
  case nothing
  /// The file ends before the offset, because it was truncated.
  case endOfFile
}
