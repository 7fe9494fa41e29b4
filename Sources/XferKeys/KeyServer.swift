import Glibc
import Logging
import SystemPackage
import XferIdentity
import XferLog
import XferMetrics
import XferProtocol
import XferSystem

/// The process that holds the receiver's private key. It signs handshakes of TLS for the sessions,
/// and nothing else.
///
/// Life: it reads the key, or makes one at the first start, and answers sessions until SIGTERM.
/// SIGUSR1 makes it read the files again; SIGHUP would not, because children of the supervisor
/// ignore the signals of a terminal. Death: handshakes wait in the backlog until the supervisor
/// has restarted it. Connections with a complete handshake do not need it.
package struct KeyServer {
  /// Microseconds after an accept that failed.
  private static let acceptPause: UInt32 = 100_000

  private let options: KeyOptions
  private let board: Scoreboard
  private let listener: LocalListener
  private let log = Logger(label: "keys")

  /// Creates a process for the sessions that connect to `listener`.
  package init(_ options: KeyOptions, board: Scoreboard, listener: LocalListener) {
    self.options = options
    self.board = board
    self.listener = listener
  }

  /// Serves until SIGTERM. `whenReady` is called once, when the key is read.
  package func run(whenReady: () -> Void) -> RoleExit {
    ProcessTitle.set("xferd: keys")
    do {
      let signals = try SignalInbox([SIGTERM, SIGUSR1])
      let credentials = try Credentials(options.source)
      keep(credentials.key.pin)
      log.notice("this receiver's key is \(credentials.key.pin)")
      board.set(.keysReady, 1)
      whenReady()
      try serve(credentials, signals: signals)
      return .done
    } catch let unusable as UnusableFile {
      log.critical("\(unusable)")
      return .unusable
    } catch {
      log.critical("the private key cannot be used: \(error)")
      return .unusable
    }
  }

  private func serve(_ first: Credentials, signals: SignalInbox) throws {
    var credentials = first
    var sessions: [KeyChannel] = []
    try listener.descriptor.setNonBlocking(true)
    while true {
      let ready = try wait(signals, sessions)
      for signal in signals.drain() {
        if signal == SIGTERM { return }
        credentials = reread() ?? credentials
      }
      accept(&sessions)
      for session in ready { session.answer(with: credentials) }
      sessions.removeAll { $0.closeIfOver() }
    }
  }

  /// Accepts the sessions that wait. Without descriptors they stay in the backlog for a moment.
  private func accept(_ sessions: inout [KeyChannel]) {
    do {
      while let session = try listener.accept() { sessions.append(KeyChannel(session)) }
    } catch {
      log.error("\(error)")
      usleep(KeyServer.acceptPause)
    }
  }

  /// Reads the files again. Returns nil and keeps the former key if they cannot be used.
  private func reread() -> Credentials? {
    do {
      let credentials = try Credentials(options.source)
      keep(credentials.key.pin)
      log.notice("read the certificate again", metadata: ["key": "\(credentials.key.pin)"])
      return credentials
    } catch {
      log.error("keeps the former certificate: \(error)")
      return nil
    }
  }

  /// Keeps the identity that clients see, for the commands on this host. Clients are served without
  /// it.
  private func keep(_ pin: Pin) {
    do {
      let directory = try PrivateDirectory(options.directory)
      defer { directory.close() }
      try KeyFiles(directory).keep(pin)
    } catch {
      log.error("\"xferd invite\" and \"xferd health\" may use a former key: \(error)")
    }
  }

  /// Waits for a signal, a connection or a request. Returns the sessions that can be read.
  private func wait(_ signals: SignalInbox, _ sessions: [KeyChannel]) throws -> [KeyChannel] {
    var set = PollSet()
    _ = set.add(signals.descriptor, .read)
    _ = set.add(listener.descriptor, .read)
    let slots = sessions.map { set.add($0.descriptor, .read) }
    try set.wait(milliseconds: nil)
    return zip(slots, sessions).filter { set.isReadable($0.0) }.map(\.1)
  }
}
