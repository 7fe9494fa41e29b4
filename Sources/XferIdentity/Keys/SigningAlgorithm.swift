/// The kinds of signatures of the receiver, by their numbers in TLS (RFC 8446 section 4.2.3).
package enum SigningAlgorithm: UInt16, CaseIterable, Sendable {
  case ecdsaP256SHA256 = 0x0403
  case ecdsaP384SHA384 = 0x0503
  case ecdsaP521SHA512 = 0x0603
  case rsaPSSSHA256 = 0x0804
}
