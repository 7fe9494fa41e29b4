import Glibc
import SystemPackage
import XferSystem

/// A role with a process for each connection of another process of the receiver.
///
/// The clients' limits do not apply: a client has at most one session, and a session at most one
/// such process.
struct LocalService {
  /// The number of connections that are accepted in one turn.
  private static let acceptsPerTurn = 64

  let role: Role
  let listener: LocalListener
  private let limit: Int
  /// The running processes.
  private(set) var pids: Set<pid_t> = []

  /// Returns nil if the role is of another kind.
  init?(_ role: Role) {
    guard case .perLocalConnection(let listener, let limit) = role.kind else { return nil }
    self.role = role
    self.listener = listener
    self.limit = limit
  }

  /// True if another process may be started.
  var hasRoom: Bool { pids.count < limit }

  /// Accepts the connections that wait and starts a process for each, while there is room. Throws
  /// if there are no descriptors or processes left.
  mutating func acceptConnections() throws(SystemFailure) {
    for _ in 0..<LocalService.acceptsPerTurn where hasRoom {
      guard let connection = try listener.accept() else { return }
      defer { try? connection.close() }
      let assignment = Assignment(localConnection: connection)
      let keeps = ([connection] + role.keeps).map(\.rawValue)
      let role = role
      pids.insert(try Fork.child(keeping: keeps) { role.run(assignment) })
    }
  }

  /// Forgets a process that has ended. Returns false if it is not one of this service.
  mutating func remove(_ pid: pid_t) -> Bool { pids.remove(pid) != nil }

  /// Sends a signal to all processes.
  func send(_ signal: Int32) {
    for pid in pids { kill(pid, signal) }
  }
}
