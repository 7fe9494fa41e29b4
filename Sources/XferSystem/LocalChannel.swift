import CLinux
import Glibc
import SystemPackage

/// A door between processes of one receiver: a Unix-domain socket with a name that the kernel
/// chooses in its abstract namespace (unix(7), "Autobind feature"), so that nothing lies in the
/// file system. The supervisor keeps it open: who knocks while nobody is behind it, waits.
public struct LocalDoor: Sendable {
  public let descriptor: FileDescriptor
  private let name: [UInt8]

  public init() throws(SystemFailure) {
    let action = "open a channel between processes"
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = FileDescriptor(rawValue: try retrying(action) { socket(AF_UNIX, type, 0) })
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    try retrying(action) {
      address.withPointer(socklen_t(MemoryLayout<sa_family_t>.size)) {
        bind(descriptor.rawValue, $0, $1)
      }
    }
    try retrying(action) { listen(descriptor.rawValue, 4096) }
    var length = socklen_t(MemoryLayout<sockaddr_un>.size)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = getsockname(descriptor.rawValue, $0, &length)
      }
    }
    self.name = withUnsafeBytes(of: address) { Array($0.prefix(Int(length))) }
    self.descriptor = descriptor
  }

  /// A connection to whoever is behind the door; waits while its backlog is full.
  public func knock() throws(SystemFailure) -> FileDescriptor {
    let action = "reach another process of the receiver"
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let connection = FileDescriptor(rawValue: try retrying(action) { socket(AF_UNIX, type, 0) })
    do {
      try retrying(action) {
        name.withUnsafeBytes {
          let address = $0.baseAddress!.assumingMemoryBound(to: sockaddr.self)
          return Glibc.connect(connection.rawValue, address, socklen_t($0.count))
        }
      }
    } catch {
      try? connection.close()
      throw error
    }
    return connection
  }

  /// The next one that knocked; nil when none did, or when it belongs to another user. Throws
  /// where this process can hold no more.
  public func open() throws(SystemFailure) -> FileDescriptor? {
    let accepted = Glibc.accept(descriptor.rawValue, nil, nil)
    guard accepted >= 0 else {
      let error = Errno(rawValue: errno)
      if error == .wouldBlock || error == .connectionAbort || error == .interrupted { return nil }
      throw SystemFailure("let a session in", error)
    }
    let connection = FileDescriptor(rawValue: accepted)
    if connection.peerUser() == geteuid() { return connection }
    try? connection.close()
    return nil
  }
}

extension sockaddr_un {
  fileprivate mutating func withPointer<Result>(
    _ length: socklen_t, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    withUnsafePointer(to: &self) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }
}
