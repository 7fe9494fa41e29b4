import XferIdentity

/// The settings of the process that holds the private key.
package struct KeyOptions: Sendable {
  /// The source of the certificate and the key.
  package enum Source: Sendable {
    /// The receiver's own key in this directory, which is made at the first start.
    case own(directory: String)
    /// Files in PEM, which an authority made: the certificate chain, and the key. Commands on the
    /// receiver's own host have the key in the directory `own`.
    case files(certificate: String, key: String, own: String)
  }

  /// The source of the certificate and the key.
  package let source: Source

  /// The directory of the receiver's own key.
  var directory: String {
    switch source {
    case .own(let directory), .files(_, _, let directory): directory
    }
  }

  /// Creates options.
  package init(source: Source) { self.source = source }
}
