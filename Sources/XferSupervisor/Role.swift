import Logging
import SystemPackage
import XferMetrics
import XferProtocol
import XferSystem

/// One role of the receiver's processes. `xferd/Roles.swift` holds the table of roles; the
/// supervisor knows no role by name.
package struct Role {
  /// The way in which the supervisor starts the processes of a role.
  package enum Kind {
    /// One process, which the supervisor restarts when it ends.
    case permanent(PermanentProcess)
    /// One process for each connection that the listener accepts.
    case perConnection(Listener)
    /// One process for each connection of another process of the receiver, and at most `atMost` at
    /// once. Further connections wait in the backlog.
    case perLocalConnection(LocalListener, atMost: Int)
  }

  /// The name in log lines.
  package let name: String
  /// The way in which processes are started.
  package let kind: Kind
  /// The descriptors that a process keeps open, besides the standard ones and its connection.
  package let keeps: [FileDescriptor]
  /// The privileges of the process. It is called in the process, after the fork. Nil for those of
  /// the supervisor.
  package let sandbox: (() -> Sandbox)?
  /// Called in the process before it enters its sandbox. Returns the main function of the process,
  /// the result of which is the exit status.
  let prepare: () -> (Assignment) -> RoleExit

  /// Creates a role of the table. `main` is the main function of the process, and its result the
  /// exit status.
  package init(
    name: String, kind: Kind, keeps: [FileDescriptor], sandbox: (() -> Sandbox)?,
    main: @escaping (Assignment) -> RoleExit
  ) {
    self.init(
      name: name, kind: kind, keeps: keeps, opening: {}, sandbox: sandbox,
      main: { assignment, _ in main(assignment) })
  }

  /// Creates a role with a process that opens files before it enters its sandbox, which denies
  /// them.
  package init<Files>(
    name: String, kind: Kind, keeps: [FileDescriptor], opening open: @escaping () -> Files,
    sandbox: (() -> Sandbox)?, main: @escaping (Assignment, Files) -> RoleExit
  ) {
    self.name = name
    self.kind = kind
    self.keeps = keeps
    self.sandbox = sandbox
    prepare = {
      let files = open()
      return { main($0, files) }
    }
  }

  /// Runs the process in its sandbox, after the fork. Returns its exit status. A process that
  /// cannot enter its sandbox does nothing.
  func run(_ assignment: Assignment) -> Int32 {
    let main = prepare()
    do {
      try sandbox?().enter()
    } catch {
      Logger(label: name).error("could not enter the sandbox: \(error)")
      return RoleExit.failed.rawValue
    }
    return main(assignment).rawValue
  }
}

/// The settings of a permanent process.
package struct PermanentProcess {
  /// Counts the starts.
  package let starts: Counter
  /// Above 0 while the process is ready. The process sets it before it calls `reportReady`. The
  /// supervisor resets it when the process ends, and accepts the first connection when all are
  /// ready.
  package let readiness: Gauge
  /// The signal that the ready process receives when a session has crashed. Nil for none.
  package let sessionCrashSignal: Int32?
  /// The signal that the process receives when the receiver reloads its files (SIGHUP). Nil for
  /// none.
  package let reloadSignal: Int32?

  /// Creates the settings of a permanent process.
  package init(
    starts: Counter, readiness: Gauge, sessionCrashSignal: Int32? = nil, reloadSignal: Int32? = nil
  ) {
    self.starts = starts
    self.readiness = readiness
    self.sessionCrashSignal = sessionCrashSignal
    self.reloadSignal = reloadSignal
  }
}

/// The argument of a role's main function.
package struct Assignment {
  /// The connection of a client. Nil in other roles.
  package var connection: AcceptedConnection?
  /// The connection of another process of the receiver. Nil in other roles.
  package var localConnection: FileDescriptor?
  /// Reports to the supervisor that a permanent process is ready.
  package var reportReady: @Sendable () -> Void = {}
}

/// A connection that the supervisor hands to a session.
package struct AcceptedConnection {
  /// The connected socket. The session owns it.
  package let descriptor: FileDescriptor
  /// The address of the client.
  package let address: SocketAddress
  /// `.serve` or `.refuse`; a dropped connection has no session.
  package let decision: AdmissionDecision
  /// The session's slot of the scoreboard.
  package let slot: SessionSlot
}
