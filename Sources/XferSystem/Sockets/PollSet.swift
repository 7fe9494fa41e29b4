import CLinux
import Glibc
import SystemPackage

/// The descriptors of one poll(2). Each wait builds a new set: the loops of xfer wait for a few
/// descriptors, and a new set cannot be out of date.
package struct PollSet {
  /// The events to wait for.
  package enum Interest: Sendable {
    case read, write, both
    /// The end of the peer: of its sending side, or of both (poll(2), POLLRDHUP and POLLHUP).
    case end

    fileprivate var events: Int16 {
      switch self {
      case .read: Int16(POLLIN)
      case .write: Int16(POLLOUT)
      case .both: Int16(POLLIN | POLLOUT)
      case .end: xfer_poll_peer_end
      }
    }
  }

  private var entries: [pollfd] = []

  /// Creates an empty set.
  package init() {}

  /// Adds a descriptor and returns its slot for `isReady` and `isReadable`.
  package mutating func add(_ descriptor: FileDescriptor, _ interest: Interest) -> Int {
    entries.append(pollfd(fd: descriptor.rawValue, events: interest.events, revents: 0))
    return entries.count - 1
  }

  /// Waits until a descriptor is ready. Nil waits without a limit. Returns false after a timeout.
  @discardableResult
  package mutating func wait(milliseconds: Int?) throws(SystemFailure) -> Bool {
    let timeout = milliseconds.map { Int32(clamping: max($0, 0)) } ?? -1
    let count = nfds_t(entries.count)
    return try retrying("wait for input") { poll(&entries, count, timeout) } > 0
  }

  /// True if the descriptor can be used, has an error, or was hung up.
  package func isReady(_ slot: Int) -> Bool { entries[slot].revents != 0 }

  /// True if both directions have ended, or the descriptor has an error.
  package func isBroken(_ slot: Int) -> Bool {
    entries[slot].revents & Int16(POLLHUP | POLLERR) != 0
  }

  /// True if a read would not block: there is data, the end, or an error.
  package func isReadable(_ slot: Int) -> Bool {
    entries[slot].revents & Int16(POLLIN | POLLHUP | POLLERR) != 0
  }
}
