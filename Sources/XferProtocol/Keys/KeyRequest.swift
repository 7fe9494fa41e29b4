/// A request from a session to the process that holds the receiver's private key.
package enum KeyRequest: Equatable, Sendable {
  /// Send the certificate of the receiver. The reply is `certificate`.
  case certificate
  /// Sign the bytes of a handshake. The reply is `signature`. `algorithm` is its number in TLS (RFC
  /// 8446 section 4.2.3).
  case sign(algorithm: UInt16, [UInt8])

  /// The numbers of the requests.
  private enum Number: UInt8 {
    case certificate = 1
    case sign = 2
  }

  /// Throws if the frame is not one of these requests.
  package init(_ frame: Frame) throws(WireError) {
    self = try frame.decode { (reader) throws(WireError) in
      switch Number(rawValue: frame.type) {
      case .certificate: return .certificate
      case .sign: return .sign(algorithm: try reader.uint16(), try reader.byteString())
      case nil: throw WireError("unknown request type \(frame.type)")
      }
    }
  }

  /// Appends the request as one frame.
  package func encode(into writer: inout WireWriter) {
    switch self {
    case .certificate: writer.frame(Number.certificate) { _ in }
    case .sign(let algorithm, let bytes):
      writer.frame(Number.sign) {
        $0.write(algorithm)
        $0.write(bytes: bytes)
      }
    }
  }
}
