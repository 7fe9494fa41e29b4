import CLinux
import Glibc
import SystemPackage

/// What one receive brought.
public enum Received: Equatable, Sendable {
  /// At least one byte.
  case bytes(Int)
  /// Nothing for now: the socket does not block, or its timeout passed.
  case nothing
  /// The peer has said all it wants to say.
  case end
}

extension FileDescriptor {
  /// Receives what is there. `whole` waits until the buffer is full, the peer ends or the
  /// socket's timeout passes: one system call for a whole buffer of content.
  public func receive(into buffer: UnsafeMutableRawBufferPointer, whole: Bool = false)
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

  /// Sends what fits and returns how much that was; 0 when nothing fits for now. `more` holds back
  /// a part of a packet, as something follows at once.
  public func send(_ bytes: UnsafeRawBufferPointer, more: Bool = false)
    throws(SystemFailure) -> Int
  {
    let flags = Int32(MSG_NOSIGNAL) | (more ? Int32(MSG_MORE) : 0)
    do {
      return try retrying("send") { Glibc.send(rawValue, bytes.baseAddress, bytes.count, flags) }
    } catch  where error.errno == .wouldBlock {
      return 0
    }
  }

  /// Lets the kernel move file content to the socket; returns how much went, 0 when nothing fits.
  public func sendFile(_ file: FileDescriptor, at offset: Int64, count: Int)
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

  /// Says that nothing more will be sent; what was sent still arrives.
  public func shutdownSending() { Glibc.shutdown(rawValue, Int32(SHUT_WR)) }

  /// The user that holds the other end of a Unix-domain socket; nil when it cannot be told.
  public func peerUser() -> uid_t? {
    var user = uid_t()
    return xfer_peer_user(rawValue, &user) == 0 ? user : nil
  }
}

/// What one `sendFile` moved.
public enum SentFile: Equatable, Sendable {
  case bytes(Int)
  case nothing
  /// The file ends before the offset: it became shorter.
  case endOfFile
}
