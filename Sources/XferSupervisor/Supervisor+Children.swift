import Glibc
import Logging
import XferProtocol
import XferSystem

// Starting and reaping the permanent processes and the sessions.
extension Supervisor {
  /// Starts the permanent processes that are due.
  mutating func startProcesses() {
    // A receiver that cannot work restarts no process while it drains.
    if isClosing || (shutdown != nil && exit == .unusable) { return }
    for index in processes.indices {
      do {
        try processes[index].startIfDue(now: .now, countingOn: board)
      } catch {
        log.error("could not start the \(processes[index].role.name): \(error)")
        processes[index].noteEnd(now: .now)
      }
    }
  }

  /// Reaps the children that have ended.
  mutating func reap() {
    while let (pid, end) = Fork.reap() {
      if let session = sessions.remove(pid) {
        admission.leave(session.network, wasServed: session.isServed)
        noteClient(of: session)
        noteEnd(end, of: session, pid: pid)
      } else if let index = processes.firstIndex(where: { $0.pid == pid }) {
        noteEnd(end, ofProcess: index)
      } else {
        noteEnd(end, ofLocalProcess: pid)
      }
    }
  }

  /// Notes for the admission of further connections whether the client of a session has identified
  /// itself. An address counts as that of an enrolled client as long as one is connected, too.
  private mutating func noteClient(of session: Sessions.Entry) {
    let network = session.clientNetwork
    let isSilent = session.isServed && !session.wasIdentified
    if session.wasEnrolled || isSilent && sessions.serveEnrolled(in: network) {
      admission.noteEnrolled(network, now: .now)
    }
    if isSilent { admission.noteSilence(network, now: .now) }
  }

  private func noteEnd(_ end: ProcessEnd, of session: Sessions.Entry, pid: pid_t) {
    if end == .exited(RoleExit.done.rawValue) || end == .exited(RoleExit.peerFailed.rawValue) {
      return
    }
    // A session that was told to leave before it had opened its signals.
    if session.isDisplaced, end == .killed(SIGUSR2) { return }
    board.add(.sessionsCrashed)
    let client = board.session(session.slot).client
    log.error(
      "\(session.role) \(pid) \(end.message)", metadata: client.logFields.mapValues { "\($0)" })
    // The recorder releases the space that the session had reserved. A process that is not ready
    // may not have opened its signals yet, and does the same work when it becomes ready.
    for process in processes where board[process.settings.readiness] > 0 {
      if let signal = process.settings.sessionCrashSignal { process.send(signal) }
    }
  }

  private mutating func noteEnd(_ end: ProcessEnd, ofProcess index: Int) {
    let process = processes[index]
    processes[index].noteEnd(now: .now)
    board.set(process.settings.readiness, 0)
    if isClosing { return }
    if !isReady, end == .exited(RoleExit.unusable.rawValue) {
      exit = .unusable
      return beginShutdown("\(process.role.name) cannot work")
    }
    log.error("\(process.role.name) \(end.message); the supervisor will restart it")
    if isReady, shutdown == nil { notifyRestart() }
  }
}

extension ProcessEnd {
  var message: String {
    switch self {
    case .exited(let code): "exited with status \(code)"
    case .killed(let signal): "was killed by signal \(signal)"
    }
  }
}
