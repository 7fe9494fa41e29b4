import ArgumentParser
import Glibc
import XferCommand
import XferIdentity
import XferProtocol
import XferSystem
import XferText

struct MakeInvite: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "invite", _superCommandName: "xferd",
    abstract: "Print an invite, with which a client joins.",
    discussion: """
        xferd invite laptop --data /srv/xfer --address backup.example
        xferd invite '{hostname}' --uses 3000 --ttl 7d --prefix '{name}'

      Runs on the receiver's host, whether or not the receiver is running. Prints one line: the \
      receiver's addresses, its fingerprint and a secret. On the client, "xferctl join" takes it. \
      The line is a secret until it is used up or expired.

      The name of a client is NAME. With --uses, {hostname} in NAME stands for the host name that \
      a client gives; a name that is or was another client's gets -2, -3 and so on. In --prefix, \
      {name} stands for the client's name: one invite then serves a fleet of 3,000 machines.

      "xferd invite --list" shows the open invites, and "xferd invite --cancel ID" ends one.

      Exit status: 0 success; 64 incorrect usage; 74 the data directory cannot be used, or there \
      is no such invite.
      """)

  @OptionGroup var data: DataOptions

  @Argument(help: ArgumentHelp("The name of the client.", valueName: "name"))
  var name: String?

  @Option(help: ArgumentHelp("The number of clients that may join.", valueName: "n"))
  var uses = 1

  @Option(
    help: ArgumentHelp(
      "How long the invite is valid, such as 30m, 24h or 7d. (default: 24h)", valueName: "time"),
    transform: parseTimeSpan)
  var ttl = TimeSpan(seconds: 86_400, as: "24h")

  @OptionGroup var rights: RightsOptions

  @Option(
    name: .customLong("address"),
    help: ArgumentHelp(
      """
      An address of the receiver, as the client reaches it; may be repeated. (default: this host's \
      name, with the port of --listen in $XFERD_LISTEN or 5005)
      """, valueName: "host[:port]"))
  var addresses: [String] = []

  @Flag(help: "Show the open invites.")
  var list = false

  @Option(help: ArgumentHelp("End the invite with this id.", valueName: "id"))
  var cancel: String?

  func validate() throws {
    guard (1...1_000_000).contains(uses) else {
      throw ValidationError(
        "--uses: invalid value \"\(uses)\"; expected a whole number from 1 to 1000000")
    }
    guard ttl.seconds >= 1 else { throw ValidationError("--ttl: the minimum is 1s") }
    let actions = [name != nil, list, cancel != nil].filter { $0 }.count
    guard actions == 1 else {
      throw ValidationError("give the NAME of a client, or --list, or --cancel ID")
    }
    if let name { try checkName(name) }
  }

  private func checkName(_ name: String) throws {
    let example = name.replacing("{hostname}", with: "host")
    guard ClientName(example) != nil else {
      throw ValidationError(
        "invalid name \"\(name)\"; expected \(ClientName.expected), or {hostname} in it")
    }
    _ = try rights.words(checkedFor: example)
  }

  func run() throws {
    let directory = try data.directory()
    try exitingOnFailure {
      let lists = try PrivateDirectory(directory)
      let invites = InviteFile(lists)
      if list { return try show(invites) }
      if let cancel { return try end(cancel, in: invites) }
      try make(in: invites, lists: lists, directory: directory)
    }
  }

  private func make(in invites: InviteFile, lists: PrivateDirectory, directory: String) throws {
    let name = name ?? ""
    if let single = ClientName(name), uses == 1,
      try ClientFile(lists).read().client(named: single) != nil
    {
      printError(
        "a client named \(name) is enrolled already; \"xferd clients revoke \(name)\" removes it")
      throw ExitCode.failed
    }
    let (id, secret) = (InviteID(), InviteSecret())
    let end = Timestamp(microseconds: Timestamp.now.microseconds + ttl.microseconds)
    try invites.add(
      Invite(
        id: id, key: secret.key, uses: uses, expiry: end, name: name,
        options: try rights.words(checkedFor: name.replacing("{hostname}", with: "host"))))
    let text = InviteText(
      addresses: try endpoints(), receiver: try ReceiverFiles.pin(in: directory), id: id,
      secret: secret)
    Terminal.out("\(text)\n")
    if isatty(STDOUT_FILENO) == 1 { explain(until: end) }
  }

  private func explain(until end: Timestamp) {
    let clients = uses == 1 ? "one client" : "\(uses) clients"
    printError("For \(clients), until \(TimeText.local(end)). On the client:  xferctl join INVITE")
  }

  private func endpoints() throws -> [Endpoint] {
    let texts = addresses.isEmpty ? [MakeInvite.ownAddress] : addresses
    return try texts.map { text in
      guard let endpoint = Endpoint(text, defaultPort: MakeInvite.ownPort), endpoint.port > 0,
        !endpoint.host.contains("/"), !endpoint.host.contains(",")
      else { throw ValidationError("--address: invalid value \"\(text)\"; expected host[:port]") }
      return endpoint
    }
  }

  private static var ownAddress: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static var ownPort: UInt16 {
    let listen = ProcessEnvironment.all[SettingTable.listen.variable].flatMap { Endpoint($0) }
    return listen?.port ?? SettingTable.listen.defaultValue.port
  }

  private func show(_ invites: InviteFile) throws {
    for invite in try invites.read() {
      let words = [
        "\(invite.id)", invite.name, "uses=\(invite.uses)",
        "until \(TimeText.local(invite.expiry))",
      ]
      Terminal.out((words + invite.options).joined(separator: "  ") + "\n")
    }
  }

  private func end(_ text: String, in invites: InviteFile) throws {
    guard let id = InviteID(text), try invites.remove(id) else {
      printError("there is no open invite \"\(text)\"; \"xferd invite --list\" shows them")
      throw ExitCode.failed
    }
  }
}
