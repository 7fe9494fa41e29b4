/// An error of content on the disk that differs from what was received.
package struct DamagedContent: Error, CustomStringConvertible, Sendable {
  /// The number of bytes from the beginning that are as they were received.
  package let goodUpTo: Int64

  /// The message for the log.
  package var description: String {
    "the content received before is damaged on the receiver's disk behind byte \(goodUpTo)"
  }
}

/// An error of content that could not be read back to be hashed.
struct UnfinishedDigest: Error, CustomStringConvertible {
  var description: String { "the content could not be read again to be verified" }
}
