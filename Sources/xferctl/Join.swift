import ArgumentParser
import Glibc
import XferClient
import XferCommand
import XferIdentity
import XferProtocol
import XferSystem
import XferText

struct Join: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Join a receiver with an invite.",
    discussion: """
        xferctl join INVITE
        xferctl join - < /run/secrets/xfer-invite

      The invite is the line that "xferd invite" prints on the receiver's host. The command makes \
      a key for this user if there is none, checks the receiver's key, and is enrolled. From then \
      on the other commands take the receiver's name as --server, or need no --server if it is the \
      only one. Joining again changes nothing.

      The command retries while the receiver is busy, restarting or not running yet. It does not \
      retry if the receiver has another key, or refuses the invite.

      The key and the list of receivers are in XFER_HOME, or in ~/.config/xfer. An invite that is \
      an argument is shown in the list of processes until this program has read it. Without an \
      argument it is that of XFER_INVITE in the environment, which this user and root can see. \
      An invite that is "-" is read from standard input, and shown to no process.

      Exit status: 0 enrolled; 64 incorrect usage; 69 the receiver cannot be reached; 74 failed; \
      77 refused, or the receiver has another key than the invite says.
      """)

  @Argument(
    help: ArgumentHelp(
      "The invite, or - to read it. (default: $XFER_INVITE)", valueName: "invite"))
  var invite: String?

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "The name of the receiver on this machine. (default: the host in the invite)",
      valueName: "name"))
  var name: String?

  @Option(
    help: ArgumentHelp(
      "The host name to give to the receiver, for invites with {hostname}.", valueName: "name"))
  var hostname: String?

  @OptionGroup var retries: RetryOptions

  func validate() throws {
    if let name, name.isEmpty || name.contains(where: \.isWhitespace) || name.hasPrefix("#") {
      throw ValidationError("--as: invalid value \"\(name)\"; expected a name without blanks")
    }
  }

  func run() throws {
    let text = try inviteText()
    let invite: InviteText
    do {
      invite = try InviteText(
        text.trimmed, defaultPort: ReceiverAddress.defaultPort)
    } catch {
      throw ValidationError("\(error)")
    }
    try explainingFiles { try join(invite) }
  }

  private func inviteText() throws -> String {
    guard let invite else {
      if let text = environment("XFER_INVITE") { return text }
      throw ValidationError("no invite; give it, or - to read it, or set XFER_INVITE")
    }
    if invite == "-" { return readLine() ?? "" }
    SecretArgument.hide(invite)
    return invite
  }

  private func join(_ invite: InviteText) throws {
    let home = ClientHome()
    let identity = try home.identity()
    let receiver = KnownReceiver(
      name: name ?? invite.addresses[0].host, addresses: invite.addresses, pin: invite.receiver)
    try checkName(of: receiver, in: home)
    let client = JoinClient(invite, identity: identity, host: hostname ?? Join.hostName)
    let enrolled = try enrol(client)
    try home.receivers().add(receiver)
    print("joined \(receiver.name) as \(enrolled)")
    print("send a file:  xferctl send FILE --server \(receiver.name)")
  }

  /// A name that stands for another key must not be given to this one in silence.
  private func checkName(of receiver: KnownReceiver, in home: ClientHome) throws {
    guard let former = try home.receivers().receiver(named: receiver.name),
      former.pin != receiver.pin
    else { return }
    printError(
      "the name \"\(former.name)\" stands for a receiver at \(former.addresses[0]) with the key "
        + "\(former.pin); choose another name with --as, or remove it with "
        + "\"xferctl receivers --forget \(former.name)\"")
    throw ExitCode.refused
  }

  private func enrol(_ client: JoinClient) throws -> String {
    do {
      return try client.join(retryFor: retries.retryFor.duration) { failure, pause in
        printError("\(failure); retrying in \(Readable.duration(pause))")
      }
    } catch .untrusted(let expected, let found) {
      printError(
        "another receiver answers there: its key is \(found), and the invite says \(expected); "
          + "nothing was said to it. Ask for an invite with the right --address")
      throw ExitCode.refused
    } catch {
      printError("\(error)")
      throw ExitCode(error)
    }
  }

  private static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "client" }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
