import NIOSSL

// The errors of TLS in words. NIOSSL gives the texts of BoringSSL, such as
// "TLSV1_ALERT_CERTIFICATE_REQUIRED".
extension TransportFailure {
  /// Parts of those texts, and what they mean to a person.
  private static let meanings: [(part: String, meaning: String)] = [
    ("CERTIFICATE_REQUIRED", "the receiver requires an identity of the client"),
    ("PEER_DID_NOT_RETURN_A_CERTIFICATE", "the client has no identity"),
    ("CERTIFICATE_UNKNOWN", "the peer refused the certificate"),
    ("CERTIFICATE_VERIFY_FAILED", "the certificate of the peer was not accepted"),
    ("UNKNOWN_CA", "the peer does not trust the issuer of the certificate"),
    ("WRONG_VERSION_NUMBER", "the peer does not speak TLS 1.3"),
    ("UNSUPPORTED_PROTOCOL", "the peer does not speak TLS 1.3"),
    ("PROTOCOL_VERSION", "the peer does not speak TLS 1.3"),
    ("HTTP_REQUEST", "the peer speaks HTTP"),
  ]
  private static let cuts: [(part: String, meaning: String)] = [
    ("EOF during", "the connection ended during the TLS handshake"),
    ("uncleanShutdown", "the connection was cut"),
    ("BAD_RECORD_MAC", "the data was damaged on the way"),
    ("DECRYPTION_FAILED", "the data was damaged on the way"),
  ]

  /// Describes an error of TLS.
  init(tls error: any Error) {
    let text = "\(error)"
    if let cut = TransportFailure.cuts.first(where: { text.contains($0.part) }) {
      self = .cut(cut.meaning)
      return
    }
    let known = TransportFailure.meanings.first { text.contains($0.part) }?.meaning
    self = .tls(known ?? "TLS failed: \(text)")
  }
}
