import NIOCore
import Synchronization

/// The numbers of connections, or of questions, that each address has at once, and their bound. An
/// IPv6 host has a network of 2^64 addresses for itself (RFC 4291 section 2.5.4), which count as
/// one.
final class AddressAdmission: Sendable {
  private let most: Int
  private let counts = Mutex<[String: Int]>([:])

  init(most: Int) { self.most = most }

  /// Returns the key under which an address is counted.
  static func key(_ address: SocketAddress?) -> String {
    guard let address, let host = address.ipAddress else { return "" }
    guard case .v6(let six) = address else { return host }
    var number = six.address.sin6_addr
    return withUnsafeBytes(of: &number) { bytes in
      let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] & bytes[11] == 0xff
      return "\(Array(isMapped ? bytes[12...] : bytes[..<8]))"
    }
  }

  /// Counts one more for an address. Returns false if the address has as many as it may.
  func enter(_ address: SocketAddress?) -> Bool {
    let key = AddressAdmission.key(address)
    return counts.withLock { counts in
      let count = counts[key, default: 0]
      guard count < most else { return false }
      counts[key] = count + 1
      return true
    }
  }

  /// Returns a place, which is counted until `leave` is called or until it is released. Returns nil
  /// if the address has as many as it may.
  func place(for address: SocketAddress?) -> Place? {
    enter(address) ? Place(self, key: AddressAdmission.key(address)) : nil
  }

  /// One connection or question that is counted for its address.
  final class Place: Sendable {
    private let admission: AddressAdmission
    private let key: Mutex<String?>

    fileprivate init(_ admission: AddressAdmission, key: String) {
      self.admission = admission
      self.key = Mutex(key)
    }

    /// Ends the count of this place. Later calls have no effect.
    func leave() {
      let key = key.withLock { $0.take() }
      if let key { admission.leave(key) }
    }

    deinit { leave() }
  }

  /// Counts one less for a key.
  func leave(_ key: String) {
    counts.withLock { counts in
      let count = counts[key, default: 1] - 1
      counts[key] = count > 0 ? count : nil
    }
  }
}
