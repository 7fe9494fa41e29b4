import XferClient
import XferText

/// Selects the error messages to print, so that an error that concerns many files is printed once.
struct ErrorMessages {
  private let patience: Duration
  private var hasGivenUp = false
  private var hasWaited = false

  /// `patience` is the time without progress after which the run ends.
  init(patience: Duration) { self.patience = patience }

  /// Returns the message for an event; nil if there is none to print.
  mutating func next(_ event: SendEvent) -> String? {
    switch event {
    case .givenUp: hasGivenUp = true
    case .failed where hasGivenUp: return nil
    case .waiting where !hasWaited:
      hasWaited = true
      let patience = Readable.duration(patience)
      return event.errorMessage.map { "\($0) (for up to \(patience) without progress)" }
    default: break
    }
    return event.errorMessage
  }
}
