/// A reply of the process that holds the receiver's private key.
package enum KeyReply: Equatable, Sendable {
  /// The certificates in DER, the receiver's own first, and the number of the signature that its
  /// key makes. `host` is the identity of the commands on the receiver's own host.
  case certificate(chain: [[UInt8]], algorithm: UInt16, host: Pin)
  /// The signature, in the form of TLS.
  case signature([UInt8])
  /// The bytes are not those of a handshake, or the key makes no such signature.
  case refused

  /// The largest number of bytes that a certificate chain may have in all, so that it fits into one
  /// frame.
  package static let largestChain = WireLimits.payload - 512

  /// The numbers of the replies.
  private enum Number: UInt8 {
    case certificate = 1
    case signature = 2
    case refused = 3
  }

  /// Throws if the frame is not one of these replies.
  package init(_ frame: Frame) throws(WireError) {
    self = try frame.decode { (reader) throws(WireError) in
      switch Number(rawValue: frame.type) {
      case .certificate:
        let algorithm = try reader.uint16()
        let host = try reader.pin()
        var chain: [[UInt8]] = []
        while !reader.isAtEnd { chain.append(try reader.byteString()) }
        return .certificate(chain: chain, algorithm: algorithm, host: host)
      case .signature: return .signature(try reader.byteString())
      case .refused: return .refused
      case nil: throw WireError("unknown reply type \(frame.type)")
      }
    }
  }

  /// Appends the reply as one frame.
  package func encode(into writer: inout WireWriter) {
    switch self {
    case .certificate(let chain, let algorithm, let host):
      writer.frame(Number.certificate) {
        $0.write(algorithm)
        $0.write(raw: host.bytes)
        for certificate in chain { $0.write(bytes: certificate) }
      }
    case .signature(let bytes): writer.frame(Number.signature) { $0.write(bytes: bytes) }
    case .refused: writer.frame(Number.refused) { _ in }
    }
  }
}
