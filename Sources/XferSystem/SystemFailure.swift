import Glibc
import SystemPackage

/// A system call that failed: what was tried, in words that finish "could not …", and why.
public struct SystemFailure: Error, CustomStringConvertible, Sendable {
  public let action: String
  public let errno: Errno

  public init(_ action: String, _ errno: Errno) {
    self.action = action
    self.errno = errno
  }

  public var description: String { "could not \(action): \(errno.description.lowercased())" }

  /// True where the disk or a quota is full: a condition that waiting can mend.
  public var isOutOfSpace: Bool {
    errno == .noSpace || errno.rawValue == EDQUOT || errno == .fileTooLarge
  }
}

/// Calls again while a signal interrupts; throws what `errno` says when the call returns -1.
@discardableResult
package func retrying<Result: FixedWidthInteger & SignedInteger>(
  _ action: @autoclosure () -> String, _ call: () -> Result
) throws(SystemFailure) -> Result {
  while true {
    let result = call()
    if result != -1 { return result }
    let code = Errno(rawValue: errno)
    if code != .interrupted { throw SystemFailure(action(), code) }
  }
}
