/// The digest that a receiver computes of content, in addition to its CRC-32C.
package enum DigestMethod: Sendable {
  case sha256
  case none
}
