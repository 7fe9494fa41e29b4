/// The supervisor's decision on a new connection, made before a byte of it is read.
package enum AdmissionDecision: Equatable, Sendable {
  /// A session serves the connection.
  case serve
  /// A session reads the greeting and replies with this refusal.
  case refuse(Refusal)
  /// The supervisor closes the connection without a reply and starts no session.
  case drop
}
