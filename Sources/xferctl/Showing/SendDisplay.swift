import XferClient

/// Shows the events of a run. Errors go to standard error.
protocol SendDisplay: AnyObject {
  func show(_ event: SendEvent)

  /// Shows the summary. Called after the last event.
  func finish()
}
