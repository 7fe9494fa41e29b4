import NIOSSL

/// The files of the certificate and the key with which the pages are served.
package struct ServerCertificate: Sendable {
  /// The error of files that cannot be used, with the remedy.
  struct Unusable: Error, CustomStringConvertible {
    let description: String
  }

  private let chain: String
  private let key: String

  /// Names two PEM files: the certificate, followed by those that sign it, and its private key.
  package init(chain: String, key: String) {
    self.chain = chain
    self.key = key
  }

  /// The paths of both files.
  package var files: [String] { [chain, key] }

  /// Reads both files. Throws `Unusable` if one cannot be read, or if they do not belong together.
  func configuration() throws -> TLSConfiguration {
    do {
      var configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: try NIOSSLCertificate.fromPEMFile(chain).map { .certificate($0) },
        privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
      configuration.minimumTLSVersion = .tlsv12
      configuration.applicationProtocols = ["http/1.1"]
      _ = try NIOSSLContext(configuration: configuration)
      return configuration
    } catch {
      throw Unusable(
        description: "the certificate \"\(chain)\" with the key \"\(key)\" cannot be used: "
          + "\(error); give PEM files that the receiver's user can read and that belong together")
    }
  }
}
