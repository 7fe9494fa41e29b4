import XferClient

/// Shows the events of a run. Errors go to standard error. It is used by one thread at a time.
protocol SendDisplay: AnyObject {
  func show(_ event: SendEvent)

  /// Shows a message about the run.
  func say(_ message: String)

  /// Shows the progress. Called four times a second, and after a change of the terminal's size.
  func tick()

  /// Removes what is drawn in place.
  func clear()

  /// Shows the summary. Called after the last event.
  func finish()
}
