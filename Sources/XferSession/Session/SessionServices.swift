import XferSystem

/// The listeners of the other processes of the receiver that serve sessions.
package struct SessionServices: Sendable {
  /// The process that makes transfers durable and records them.
  let recorder: LocalListener
  /// The processes that read the history.
  let answers: LocalListener
  /// The process that holds the private key.
  let keys: LocalListener

  /// Creates the set.
  package init(recorder: LocalListener, answers: LocalListener, keys: LocalListener) {
    self.recorder = recorder
    self.answers = answers
    self.keys = keys
  }
}
