import Logging
import XferIdentity
import XferProtocol

/// The log lines of a start: the receiver's identity, and how to let the first client in.
struct KeyNotice {
  private let options: KeyOptions
  private let log: Logger

  init(_ options: KeyOptions, log: Logger) {
    self.options = options
    self.log = log
  }

  /// Logs the identity. If no client is enrolled yet, says how to invite one. Reports the lines of
  /// the list of clients that cannot be used.
  func tell(_ pin: Pin) throws {
    log.notice("this receiver's key is \(pin)")
    guard options.isIdentified, try reportBadLines().clients.isEmpty else { return }
    log.notice("no client is enrolled yet. On this host:  xferd invite NAME --data \(options.data)")
    log.notice("then on the client:  xferctl join INVITE")
    log.notice("and from then on:  xferctl send FILE")
  }

  /// Reports the lines of the list of clients that cannot be used, and returns the list.
  @discardableResult
  func reportBadLines() throws -> ClientList {
    let directory = try PrivateDirectory(options.data)
    defer { directory.close() }
    let list = try ClientFile(directory).read()
    for line in list.badLines { log.error("\(options.data)/\(ClientList.file), \(line)") }
    return list
  }
}
