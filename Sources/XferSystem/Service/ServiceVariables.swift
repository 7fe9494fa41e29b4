import Glibc

/// The variables by which a service manager, such as systemd, speaks to the process that it starts.
package struct ServiceVariables: Equatable, Sendable {
  /// The sockets that the manager has opened (sd_listen_fds(3)), in its order.
  package let sockets: [PassedSocket]
  /// The address of the socket that takes messages about the service: a path, or a name behind an
  /// at sign in the abstract namespace (sd_notify(3)). Nil if the manager wants none.
  package let notifySocket: String?
  /// The time after which the manager counts a process without a sign of life as hung
  /// (sd_watchdog_enabled(3)). Nil if it does not watch.
  package let watchdog: Duration?

  /// The descriptor of the first passed socket (sd_listen_fds(3), SD_LISTEN_FDS_START).
  private static let firstDescriptor: Int32 = 3
  private static let names = [
    "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC",
  ]

  /// Reads the variables of the process `pid`. Those that name another process are for a parent of
  /// this one, and count as missing. Throws if a number is invalid.
  package init(_ environment: [String: String], pid: pid_t) throws(UnusableSocket) {
    sockets = try ServiceVariables.sockets(environment, pid: pid)
    notifySocket = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
    let isWatched = environment["WATCHDOG_PID"].map { $0 == "\(pid)" } ?? true
    watchdog = isWatched ? ServiceVariables.watchdog(environment["WATCHDOG_USEC"]) : nil
  }

  /// Reads the variables of this process and removes them, so that no child takes them for its own.
  /// Must be called while the process has one thread.
  package static func take() throws(UnusableSocket) -> ServiceVariables {
    var found: [String: String] = [:]
    for name in names {
      if let text = getenv(name) { found[name] = String(cString: text) }
      unsetenv(name)
    }
    return try ServiceVariables(found, pid: getpid())
  }

  private static func sockets(
    _ environment: [String: String], pid: pid_t
  ) throws(UnusableSocket) -> [PassedSocket] {
    guard environment["LISTEN_PID"] == "\(pid)", let text = environment["LISTEN_FDS"] else {
      return []
    }
    guard let count = Int32(text), (0...1024).contains(count) else {
      throw UnusableSocket(
        description: "LISTEN_FDS: invalid value \"\(text)\"; expected the number of sockets")
    }
    let names = environment["LISTEN_FDNAMES"]?.split(
      separator: ":", omittingEmptySubsequences: false)
    return (0..<Int(count)).map { index in
      let name = names.flatMap { index < $0.count ? String($0[index]) : nil }
      return PassedSocket(descriptor: firstDescriptor + Int32(index), name: name ?? "")
    }
  }

  /// An interval of zero means that the manager does not watch.
  private static func watchdog(_ text: String?) -> Duration? {
    guard let text, let microseconds = Int64(text), microseconds > 0 else { return nil }
    return .microseconds(microseconds)
  }
}

/// A socket that a service manager has opened for this process.
package struct PassedSocket: Equatable, Sendable {
  /// The number of the descriptor.
  package let descriptor: Int32
  /// The name that the manager gives it (systemd.socket(5), FileDescriptorName=). Empty if it gives
  /// none.
  package let name: String
}

/// A socket of a service manager that cannot be used, with the reason.
package struct UnusableSocket: Error, CustomStringConvertible, Sendable {
  /// The message: what, why, and what to change.
  package let description: String

  /// `description` says what cannot be used, why, and what to change.
  package init(description: String) { self.description = description }
}
