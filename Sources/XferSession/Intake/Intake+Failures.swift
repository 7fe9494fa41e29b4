import XferProtocol
import XferStorage

/// Errors of the receiver, as the refusals of the transfers that they end.
extension Intake {
  /// Returns the refusal that the client receives for an error, and logs the error.
  func refusal(for error: any Error) -> Refusal {
    let error = (error as? FailedSync)?.cause ?? error
    if let damage = error as? DamagedContent {
      context.log.error("\(damage); the sender sends the rest again")
      return Refusal(.corrupt, "\(damage); send the rest again", retryAfter: 0)
    }
    if !(error is Refusal) {
      context.log.error("could not receive a file", metadata: ["error": "\(error)"])
    }
    return Refusal(error)
  }
}
