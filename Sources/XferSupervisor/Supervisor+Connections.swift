import Glibc
import Logging
import SystemPackage
import XferProtocol
import XferSystem

// Accepting connections and forking a session for each. No byte of a peer is read here.
extension Supervisor {
  /// The number of connections that are accepted in one turn, so that signals are handled during a
  /// flood.
  private static let acceptsPerTurn = 64

  /// The pause after a connection could not be accepted.
  private static let acceptPause = Duration.milliseconds(100)

  /// Accepts the connections that wait and starts a session for each.
  mutating func acceptConnections(of service: Service) {
    for _ in 0..<Supervisor.acceptsPerTurn {
      do {
        guard let (connection, address) = try service.listener.accept() else { return }
        board.add(.connectionsAccepted)
        admit(connection, from: address, as: service.role)
        try? connection.close()
      } catch {
        // Out of descriptors or memory. The connection waits in the backlog.
        log.error("\(error)")
        acceptAgainAt = .now + Supervisor.acceptPause
        return
      }
    }
  }

  private mutating func admit(
    _ connection: FileDescriptor, from address: SocketAddress, as role: Role
  ) {
    let isProxy = options.trustedProxies.contains { $0.contains(address.host) }
    let network = isProxy ? nil : address.network
    let decision = admission.decide(network, now: .now)
    guard decision != .drop else {
      board.add(.connectionsDropped)
      return drops.note(address.host)
    }
    guard let slot = sessions.claimSlot(address.host) else { return }
    startSession(
      AcceptedConnection(
        descriptor: connection, address: address, decision: decision, slot: board.session(slot)),
      as: Sessions.Entry(
        role: role.name, address: address, network: network, isServed: decision == .serve,
        slot: slot),
      in: role)
  }

  private mutating func startSession(
    _ connection: AcceptedConnection, as entry: Sessions.Entry, in role: Role
  ) {
    let keeps = [connection.descriptor] + role.keeps
    let assignment = Assignment(connection: connection)
    do {
      let pid = try Fork.child(keeping: keeps.map(\.rawValue)) { role.run(assignment) }
      sessions.add(entry, pid: pid)
      admission.enter(entry.network, isServed: entry.isServed)
    } catch {
      sessions.release(slot: entry.slot)
      board.add(.connectionsDropped)
      log.error("dropped a connection: \(error)", metadata: ["client": "\(entry.address.host)"])
    }
  }
}
