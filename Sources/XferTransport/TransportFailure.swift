import XferSystem

/// The failure of a connection to a peer.
package enum TransportFailure: Error, CustomStringConvertible, Sendable {
  /// A system call failed.
  case system(SystemFailure)
  /// The connection ended where TLS does not allow it.
  case cut(String)
  /// TLS refused the peer, the peer refused this side, or the encrypted stream was damaged.
  case tls(String)

  /// The reason in lower case, without the action that failed.
  package var description: String {
    switch self {
    case .system(let failure): failure.errno.description.lowercased()
    case .cut(let why), .tls(let why): why
    }
  }

  /// Runs a call of the kernel.
  static func catching<Value>(
    _ body: () throws(SystemFailure) -> Value
  ) throws(TransportFailure) -> Value {
    do {
      return try body()
    } catch {
      throw .system(error)
    }
  }
}
