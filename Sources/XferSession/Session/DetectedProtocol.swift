import XferProtocol

/// The protocol of a connection, detected by its first byte.
enum DetectedProtocol {
  case native, classic, tls
  /// The client disconnected without sending a byte.
  case nothing

  init(firstByte: UInt8?) {
    switch firstByte {
    case nil: self = .nothing
    case WireLimits.magic[0]: self = .native
    case 0x16: self = .tls  // a TLS handshake record, RFC 8446 section 5.1
    default: self = .classic
    }
  }
}
