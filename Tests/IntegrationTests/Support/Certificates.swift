import Foundation
import Testing

/// An authority of a test, made by openssl, and certificates that it signs.
struct Certificates {
  private let directory: TemporaryDirectory
  /// The certificate of the authority in PEM.
  var authority: String { directory.path + "/ca.pem" }

  init() async throws {
    directory = try TemporaryDirectory()
    try await openssl(
      """
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key \
      -out ca.pem -subj /CN=authority -days 2 -addext keyUsage=critical,keyCertSign
      """)
  }

  /// A directory with `certificate.pem` and `key.pem`.
  struct Identity {
    /// Keeps the directory as long as the identity is used.
    fileprivate let directory: TemporaryDirectory
    let path: String
    var certificate: String { path + "/certificate.pem" }
    var key: String { path + "/key.pem" }
  }

  /// Makes a certificate. `names` are its subject alternative names, such as `DNS:a,IP:127.0.0.1`,
  /// `line` is one more line of its extensions, and `key` the options by which openssl makes its key.
  func sign(
    _ common: String, names: String = "", line: String = "", key: String = Certificates.p256,
    days: Int = 2
  ) async throws -> Identity {
    let path = directory.path + "/\(UUID().uuidString)"
    let alternatives = names.isEmpty ? "" : "subjectAltName=\(names)"
    try await openssl(
      """
      mkdir \(path)
      openssl req -newkey \(key) -nodes -keyout \(path)/key.pem -out \(path)/csr -subj /CN=\(common)
      echo "keyUsage=critical,digitalSignature" > \(path)/extensions
      echo "\(alternatives)" >> \(path)/extensions
      echo "\(line)" >> \(path)/extensions
      openssl x509 -req -in \(path)/csr -CA ca.pem -CAkey ca.key -CAcreateserial -days \(days) \
        -extfile \(path)/extensions -out \(path)/certificate.pem
      """)
    return Identity(directory: directory, path: path)
  }

  static let p256 = "ec -pkeyopt ec_paramgen_curve:prime256v1"
  static let p384 = "ec -pkeyopt ec_paramgen_curve:secp384r1"
  static let p521 = "ec -pkeyopt ec_paramgen_curve:secp521r1"
  static let rsa = "rsa:2048"

  /// The fingerprint of the key of a certificate, as openssl computes it.
  static func pin(of certificate: String) async throws -> String {
    let script =
      "openssl x509 -in \(certificate) -noout -pubkey | openssl pkey -pubin -outform DER "
      + "| openssl dgst -sha256 -binary | base64"
    let outcome = try await Programs.run("/usr/bin/env", ["sh", "-c", script])
    return "sha256//" + outcome.out.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private func openssl(_ script: String) async throws {
    let outcome = try await Programs.run(
      "/usr/bin/env", ["sh", "-c", "set -e; cd \(directory.path); \(script)"])
    try #require(outcome.status == 0, "\(outcome.err)")
  }
}
