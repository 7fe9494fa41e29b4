import Glibc

/// The environment that commands inherit from the receiver.
enum HookEnvironment {
  /// The variables of this process, as `NAME=value`, without the settings of the receiver and
  /// without those that name an event.
  static let inherited: [[UInt8]] = {
    var variables: [[UInt8]] = []
    var next = environ
    while let variable = next.pointee {
      let text = Array(UnsafeBufferPointer(start: variable, count: strlen(variable)))
        .map { UInt8(bitPattern: $0) }
      if !text.starts(with: "XFER".utf8), !text.starts(with: "NOTIFY_SOCKET".utf8) {
        variables.append(text)
      }
      next += 1
    }
    return variables
  }()
}
