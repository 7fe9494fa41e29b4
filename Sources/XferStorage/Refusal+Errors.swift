import XferProtocol
import XferSystem

extension Refusal {
  /// The refusal of a file for which the disk has no space.
  package static let noSpace = Refusal(
    .noSpace, "the receiver has no disk space left", retryAfter: 10)

  /// The refusal that a client receives for an error of the receiver. A `Refusal` is sent
  /// unchanged. The text names a full disk, and no other cause, because the receiver's log does.
  package init(_ error: any Error) {
    switch error {
    case let refusal as Refusal: self = refusal
    case is BrokenSeal: self = BrokenSeal.refusal
    case let failure as SystemFailure where failure.isOutOfSpace:
      self = .noSpace
    default: self = .unavailable
    }
  }
}
