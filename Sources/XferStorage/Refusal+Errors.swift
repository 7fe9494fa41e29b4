import XferProtocol
import XferSystem

extension Refusal {
  public static let noSpace = Refusal(.noSpace, "the receiver has no room left", retryAfter: 10)

  /// What a peer is told of an error on this side: that the disk is full, or that waiting may help.
  public init(_ error: any Error) {
    switch error {
    case let refusal as Refusal: self = refusal
    case is BrokenSeal: self = BrokenSeal.refusal
    case let failure as SystemFailure where failure.isOutOfSpace:
      self = .noSpace
    default:
      self.init(.unavailable, "the receiver cannot do it now; its log says why", retryAfter: 5)
    }
  }
}
