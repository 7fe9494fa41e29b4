import XferProtocol
import XferSystem

/// The clients that the receiver serves.
package struct Access: Sendable {
  /// The kinds of access.
  package enum Mode: Sendable {
    /// Only clients that are enrolled, over TLS.
    case identified
    /// Any client, in any protocol. Clients that are enrolled have their names and rights.
    case open
  }

  /// The kind of access.
  package let mode: Mode
  /// The networks from which clients without an identity are served in the open mode; nil for all.
  package let openNetworks: [Network]?
  /// The file of the authorities, in PEM, that name clients by certificates; nil for none.
  package let authorities: String?

  /// Creates rules. The defaults are those of a receiver on a trusted network.
  package init(mode: Mode, openNetworks: [Network]? = nil, authorities: String? = nil) {
    self.mode = mode
    self.openNetworks = openNetworks
    self.authorities = authorities
  }

  /// True if a client at this address is served without an identity.
  func isOpen(to address: String) -> Bool {
    guard mode == .open else { return false }
    return openNetworks?.contains { $0.contains(address) } ?? true
  }
}
