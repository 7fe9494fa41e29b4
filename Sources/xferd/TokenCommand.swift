import ArgumentParser
import XferCommand
import XferSystem
import XferText
import XferTokens

/// Makes, lists and removes the tokens for the pages.
struct TokenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", _superCommandName: "xferd",
    abstract: "Make, list and remove tokens for the pages.",
    discussion: """
        xferd token add grafana --ttl 90d --data /srv/xfer
        xferd token list --data /srv/xfer

      Runs on the receiver's host, as the receiver's user or as root, whether or not the receiver \
      is running. A change takes effect with the next request. The file DIR/http/tokens has the \
      SHA-256 of each token, one a line, and may be edited by hand.

      Exit status: 0 success, 64 incorrect usage, 74 failed.
      """,
    subcommands: [Add.self, List.self, Remove.self])

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a token and print it. It is not shown again.",
      discussion: """
          xferd token add grafana --ttl 90d --data /srv/xfer

        Send it as "Authorization: Bearer TOKEN", or type it at the page /login.
        """)

    @Argument(help: "A name for the token: letters, digits, dots, dashes and underscores.")
    var name: String

    @Option(
      help: ArgumentHelp(
        "How long the token is valid, e.g. 90d. (default: for ever)", valueName: "time"),
      transform: parseTimeSpan)
    var ttl: TimeSpan?

    @OptionGroup var data: DataOptions

    func validate() throws {
      guard TokenEntry.isName(name) else {
        throw ValidationError(
          "invalid name \"\(name)\"; expected 1 to 64 letters, digits, dots, dashes or underscores")
      }
    }

    func run() throws {
      let directory = try data.directory()
      try exitingOnFailure {
        let token = try ReceiverFiles.tokenFile(in: directory).add(name, ttl: ttl?.duration)
        Terminal.out(token.text + "\n")
        try Terminal.checkOutput()
      }
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Remove a token. It is refused from the next request on.",
      discussion: "  xferd token remove grafana --data /srv/xfer")

    @Argument(help: "The name of the token.") var name: String

    @OptionGroup var data: DataOptions

    func run() throws {
      let directory = try data.directory()
      try exitingOnFailure { try ReceiverFiles.tokenFile(in: directory).remove(name) }
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the tokens: name, made, expires.",
      discussion: "  xferd token list --data /srv/xfer")

    @OptionGroup var data: DataOptions

    func run() throws {
      let directory = try data.directory()
      try exitingOnFailure {
        let list = try ReceiverFiles.tokenFile(in: directory).read()
        let table = TextTable(
          header: ["NAME", "MADE", "EXPIRES"], alignment: [.left, .left, .left],
          rows: list.entries.map(row))
        Terminal.out(table.lines().map { $0 + "\n" }.joined())
        for line in list.invalidLines {
          printError("line \(line) of \"\(directory)/tokens\" is not a token and is ignored")
        }
        try Terminal.checkOutput()
      }
    }

    private func row(_ entry: TokenEntry) -> [String] {
      let end = entry.expiresAt.map(TimeText.local) ?? "never"
      return [
        entry.name, TimeText.local(entry.madeAt),
        entry.isExpired(at: .now) ? "expired \(end)" : end,
      ]
    }
  }
}
