import CLinux
import Glibc
import SystemPackage

/// The descriptors that a loop waits for. Made anew for each wait: the loops of xfer watch a
/// handful, and a set that is rebuilt cannot be out of date.
public struct PollSet {
  public enum Interest: Sendable {
    case read, write, both
    /// The peer's end: of what it says, or of both directions (poll(2), POLLRDHUP and POLLHUP).
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

  public init() {}

  /// Adds a descriptor and returns its slot, to be asked after the wait.
  public mutating func add(_ descriptor: FileDescriptor, _ interest: Interest) -> Int {
    entries.append(pollfd(fd: descriptor.rawValue, events: interest.events, revents: 0))
    return entries.count - 1
  }

  /// Waits until something is ready; nil waits without end. Returns false when the time was up.
  @discardableResult
  public mutating func wait(milliseconds: Int?) throws(SystemFailure) -> Bool {
    let timeout = milliseconds.map { Int32(clamping: max($0, 0)) } ?? -1
    let count = nfds_t(entries.count)
    return try retrying("wait for input") { poll(&entries, count, timeout) } > 0
  }

  /// True when the descriptor can be used, or has an error or an end to tell.
  public func isReady(_ slot: Int) -> Bool { entries[slot].revents != 0 }

  /// True when both directions have ended, or the descriptor has an error to tell.
  public func isBroken(_ slot: Int) -> Bool {
    entries[slot].revents & Int16(POLLHUP | POLLERR) != 0
  }

  public func isReadable(_ slot: Int) -> Bool {
    entries[slot].revents & Int16(POLLIN | POLLHUP | POLLERR) != 0
  }
}
