import Logging
import XferIdentity
import XferSystem

/// The log lines about the list of clients: the lines that cannot be used, and at a start without
/// clients how to let the first one in.
struct ClientNotice {
  private let data: String
  private let log: Logger
  /// The port of the receiver, for the example of an invite.
  private let port: UInt16

  init(data: String, log: Logger, port: UInt16 = SettingTable.listen.defaultValue.port) {
    self.data = data
    self.log = log
    self.port = port
  }

  /// Reads the list and reports the lines that cannot be used.
  @discardableResult
  func read() throws -> ClientList {
    let directory = try PrivateDirectory(data)
    defer { directory.close() }
    let list = try ClientFile(directory).read()
    for line in list.badLines { log.error("\(data)/\(ClientList.file), \(line)") }
    return list
  }

  /// Does the same at a start. If no client is enrolled, says how to invite one.
  func tell() throws {
    guard try read().clients.isEmpty else { return }
    let usual = SettingTable.listen.defaultValue.port
    let address = port == usual ? "" : " --address HOST:\(port)"
    log.notice(
      "no client is enrolled yet. On this host:  xferd invite NAME --data \(data)\(address)")
    log.notice("then on the client:  xferctl join INVITE")
    log.notice("and from then on:  xferctl send FILE")
  }
}
