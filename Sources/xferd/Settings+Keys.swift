import ArgumentParser
import XferIdentity
import XferKeys
import XferSystem

extension Settings {
  /// Throws if a file of the certificate of the pages is the receiver's private key: the process
  /// that serves the pages would hold the key by which clients know the receiver.
  func checkKeys() throws {
    for file in httpCertificate?.files ?? [] {
      for key in receiverKeys where Settings.areSame(file, key) {
        throw ValidationError(
          """
          --http-key: "\(file)" is the receiver's own key, which the process of the pages must not \
          have; give the pages a key of their own
          """)
      }
    }
  }

  /// The files of the private keys by which clients and commands know the receiver.
  private var receiverKeys: [String] {
    switch keySource {
    case .own(let own): ["\(own)/\(KeyFiles.key)"]
    case .files(_, let key, let own): [key, "\(own)/\(KeyFiles.key)"]
    }
  }

  /// True if both paths lead to one file.
  private static func areSame(_ one: String, _ other: String) -> Bool {
    guard one != other else { return true }
    guard let one = try? FileStatus.of(path: one), let other = try? FileStatus.of(path: other)
    else { return false }
    return one.device == other.device && one.identity == other.identity
  }
}
