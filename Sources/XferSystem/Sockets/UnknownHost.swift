/// The error of a host name that has no address.
package struct UnknownHost: Error, CustomStringConvertible, Sendable {
  /// The host name.
  package let host: String
  /// The message of the resolver (gai_strerror(3)).
  package let why: String
  /// True if the name service did not answer, so that a later attempt may succeed.
  package let isPassing: Bool
  /// The message: the host, and the error of the resolver (gai_strerror(3)).
  package var description: String { "could not resolve the host \"\(host)\": \(why)" }
}
