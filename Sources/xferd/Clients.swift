import ArgumentParser
import XferCommand
import XferIdentity
import XferProtocol
import XferSystem
import XferText

struct Clients: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clients", _superCommandName: "xferd",
    abstract: "Show, accept and revoke clients.",
    discussion: """
        xferd clients --data /srv/xfer
        xferd clients revoke cam7 --data /srv/xfer

      Without a command, shows the enrolled clients, and those that have asked for service with a \
      key that is not enrolled.

      The list is the file "clients" in the data directory: NAME FINGERPRINT OPTION=VALUE… on \
      each line, as these commands write it. It can be edited; "xferd clients reload" (SIGHUP to \
      the receiver) ends the connections of clients that are gone from it or have other rights.

      Exit status: 0 success; 64 incorrect usage; 74 the data directory cannot be used, or there \
      is no such client.
      """,
    subcommands: [ShowClients.self, AcceptClient.self, RevokeClient.self, ReloadClients.self],
    defaultSubcommand: ShowClients.self)
}

struct ShowClients: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the clients.",
    discussion: "  xferd clients show --data /srv/xfer")

  @OptionGroup var data: DataOptions

  func run() throws {
    let directory = try data.directory()
    try exitingOnFailure {
      let lists = try PrivateDirectory(directory)
      let list = try ClientFile(lists).read()
      for client in list.clients { Terminal.out(client.line + "\n") }
      for line in list.badLines { printError("\(directory)/\(ClientList.file), \(line)") }
      for client in try PendingFile(lists).read() { Terminal.out(ShowClients.text(of: client)) }
      try Terminal.checkOutput()
    }
  }

  private static func text(of client: PendingClient) -> String {
    "pending  \(client.pin)  \(client.address)  first \(TimeText.local(client.firstSeen))"
      + "  last \(TimeText.local(client.lastSeen))  \(client.agent)\n"
  }
}

struct AcceptClient: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept", abstract: "Enrol a client by the fingerprint of its key.",
    discussion: """
        xferd clients accept sha256//oPft…Y9E= --name cam8 --data /srv/xfer

      "xferctl identity" prints the fingerprint on the client, and "xferd clients" shows those of \
      clients that have asked for service.
      """)

  /// The time for which the command waits for a recorder that notes clients.
  private static let patience = Duration.seconds(2)

  @OptionGroup var data: DataOptions

  @Argument(
    help: ArgumentHelp(
      "The fingerprint, as sha256//BASE64 or in hexadecimal digits.", valueName: "fingerprint"))
  var fingerprint: String

  @Option(help: ArgumentHelp("The name of the client.", valueName: "name"))
  var name: String

  @OptionGroup var rights: RightsOptions

  func run() throws {
    guard let pin = Pin(fingerprint) else {
      throw ValidationError(
        "invalid fingerprint \"\(fingerprint)\"; expected sha256//BASE64 or 64 hexadecimal digits")
    }
    guard let name = ClientName(name) else {
      throw ValidationError(
        "--name: invalid value \"\(self.name)\"; expected \(ClientName.expected)")
    }
    let rights = try rights.rights(of: name)
    let directory = try data.directory()
    try exitingOnFailure {
      let lists = try PrivateDirectory(directory)
      try ClientFile(lists).add(EnrolledClient(name: name, pin: pin, rights: rights))
      Terminal.out("\(name) is enrolled\n")
      removePending(pin, lists)
    }
  }

  /// A client that stays in the list of those that wait is enrolled all the same.
  private func removePending(_ pin: Pin, _ lists: PrivateDirectory) {
    do {
      try PendingFile(lists, patience: AcceptClient.patience).remove(pin)
    } catch {
      printError("\(name) is still shown as pending: \(error)")
    }
  }
}

struct RevokeClient: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Remove a client. Its running transfers end; what it delivered stays.",
    discussion: "  xferd clients revoke cam7 --data /srv/xfer")

  @OptionGroup var data: DataOptions

  @Argument(help: ArgumentHelp("The name of the client.", valueName: "name"))
  var name: String

  func run() throws {
    guard let name = ClientName(name) else {
      throw ValidationError("invalid name \"\(self.name)\"; expected \(ClientName.expected)")
    }
    let directory = try data.directory()
    try exitingOnFailure {
      guard try ClientFile(PrivateDirectory(directory)).remove(name) != nil else {
        printError("no client is named \(name); \"xferd clients\" shows them")
        throw ExitCode.failed
      }
      Terminal.out("\(name) is removed\n")
      guard let receiver = try RunningReceiver(directory) else {
        return printError(
          "no running receiver is seen here; if one runs elsewhere, send it SIGHUP to end the "
            + "connections of \(name)")
      }
      try receiver.reload()
    }
  }
}

struct ReloadClients: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reload", abstract: "Make a running receiver read the list again.",
    discussion: "  xferd clients reload --data /srv/xfer")

  @OptionGroup var data: DataOptions

  func run() throws {
    let directory = try data.directory()
    try exitingOnFailure {
      let list = try ClientFile(PrivateDirectory(directory)).read()
      for line in list.badLines { printError("\(directory)/\(ClientList.file), \(line)") }
      guard let receiver = try RunningReceiver(directory) else {
        printError("no receiver runs on \(directory); its next start reads the list")
        throw ExitCode.failed
      }
      try receiver.reload()
    }
  }
}
