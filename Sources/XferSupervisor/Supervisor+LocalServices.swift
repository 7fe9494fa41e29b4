import Glibc
import Logging
import XferProtocol
import XferSystem

// Connections between processes of the receiver. They are served during a drain too, because
// sessions that finish their transfers may have questions.
extension Supervisor {
  /// The pause after a process could not be started.
  private static let localPause = Duration.milliseconds(100)

  /// Adds the listeners that accept now. Returns the index of each service with its slot.
  func addLocalServices(to set: inout PollSet, now: MonotonicTime) -> [(index: Int, slot: Int)] {
    guard !isClosing, now >= acceptAgainAt else { return [] }
    return localServices.indices.filter { localServices[$0].hasRoom }.map { index in
      (index, set.add(localServices[index].listener.descriptor, .read))
    }
  }

  /// Accepts the connections that wait. A connection that cannot be served is closed: the process
  /// that made it refuses the question.
  mutating func acceptLocalConnections(of index: Int) {
    do {
      try localServices[index].acceptConnections()
    } catch {
      log.error("could not start the \(localServices[index].role.name): \(error)")
      acceptAgainAt = .now + Supervisor.localPause
    }
  }

  /// Forgets a process of a local service, and logs its end if it was not orderly.
  mutating func noteEnd(_ end: ProcessEnd, ofLocalProcess pid: pid_t) {
    guard let index = localServices.indices.first(where: { localServices[$0].remove(pid) }),
      end != .exited(RoleExit.done.rawValue), !isClosing
    else { return }
    log.error("\(localServices[index].role.name) \(pid) \(end.message)")
  }
}
