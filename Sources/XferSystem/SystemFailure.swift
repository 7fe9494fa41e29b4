import Glibc
import SystemPackage

/// The error of a failed system call.
package struct SystemFailure: Error, CustomStringConvertible, Sendable {
  /// The attempted action, phrased to complete "could not …".
  package let action: String
  /// The error number of the call.
  package let errno: Errno

  /// Describes the failure of `action`, which completes "could not …".
  package init(_ action: String, _ errno: Errno) {
    self.action = action
    self.errno = errno
  }

  /// The message: the action, and the error of the kernel (strerror(3)).
  package var description: String { "could not \(action): \(errno.description.lowercased())" }

  /// True if the disk or a quota is full or the file is too large, so that a later attempt may
  /// succeed.
  package var isOutOfSpace: Bool {
    errno == .noSpace || errno.rawValue == EDQUOT || errno == .fileTooLarge
  }
}

/// Calls `call` and throws a `SystemFailure` if it returns -1. Retries after EINTR.
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
