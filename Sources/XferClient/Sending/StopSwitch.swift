import Synchronization
import SystemPackage
import XferSystem

/// Tells all threads of a run to stop. It cannot be taken back.
package final class StopSwitch: Sendable {
  private let flag = Atomic(false)
  private let wakeup: Wakeup

  /// Throws if the system has no descriptor for it.
  package init() throws(SystemFailure) { wakeup = try Wakeup() }

  /// Stops the run.
  package func stop() {
    flag.store(true, ordering: .releasing)
    wakeup.wake()
  }

  /// True after `stop`.
  package var isStopped: Bool { flag.load(ordering: .acquiring) }

  /// Readable after `stop`.
  var descriptor: FileDescriptor { wakeup.descriptor }

  /// Waits for the end of a pause, or until the run is stopped.
  func wait(_ pause: Duration) {
    var set = PollSet()
    _ = set.add(wakeup.descriptor, .read)
    _ = try? set.wait(milliseconds: pause.milliseconds)
  }
}
