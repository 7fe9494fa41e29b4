/// The result of a run.
package enum SendResult: Sendable {
  /// Every file has its receipt.
  case allReceived
  /// The receiver has other content than a local file.
  case different
  /// Every file has its receipt, and some requested comparisons were not possible.
  case unproven
  /// The receiver refused some files, or the connection.
  case refused
  /// Some files were not sent.
  case failed
  /// No connection was ever made.
  case unreachable
  /// The run was stopped before its end.
  case stopped
}
