import SystemPackage
import XferSystem

/// One wait for a transport together with other descriptors. Like `PollSet`, it is built again for
/// each wait.
package struct TransportWait {
  private var set = PollSet()
  /// The slot of a transport with input that poll(2) does not see; nil if there is none.
  private var buffered: Int?

  /// Creates an empty wait.
  package init() {}

  /// Adds a descriptor to be read, and returns its slot.
  @discardableResult
  package mutating func add(_ descriptor: FileDescriptor) -> Int { set.add(descriptor, .read) }

  /// Adds a transport and returns its slot.
  @discardableResult
  package mutating func add(
    _ transport: Transport, for interest: PollSet.Interest = .read
  ) -> Int {
    let slot = set.add(transport.descriptor, interest)
    if transport.hasBufferedInput { buffered = slot }
    return slot
  }

  /// Waits until one of them is ready, and not at all if a transport has input in this process.
  /// Nil waits without a limit. Returns false after a timeout.
  @discardableResult
  package mutating func wait(milliseconds: Int?) throws(SystemFailure) -> Bool {
    let isReady = try set.wait(milliseconds: buffered == nil ? milliseconds : 0)
    return isReady || buffered != nil
  }

  /// True if a read would not block: there is data, the end, or an error.
  package func isReadable(_ slot: Int) -> Bool { slot == buffered || set.isReadable(slot) }

  /// True if the descriptor can be used, has an error, or was hung up.
  package func isReady(_ slot: Int) -> Bool { slot == buffered || set.isReady(slot) }
}
