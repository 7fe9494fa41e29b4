/// A violation of the protocol. The connection cannot continue after it.
package struct WireError: Error, Equatable, CustomStringConvertible, Sendable {
  /// The violation, as a phrase in lower case.
  package let why: String
  /// True if the bytes were damaged on the way: the peer is not at fault, and a retry over another
  /// connection may succeed.
  package let isDamage: Bool

  /// `why` is a phrase in lower case.
  package init(_ why: String, isDamage: Bool = false) {
    self.why = why
    self.isDamage = isDamage
  }

  /// The same as `why`.
  package var description: String { why }
}
