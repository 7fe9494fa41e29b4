import ArgumentParser
import XferIdentity

/// The rights of a client, as options of commands. The list of clients has the same words.
struct RightsOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The directory below which its files land.", valueName: "dir"))
  var prefix: String?

  @Option(help: ArgumentHelp("The networks from which it may connect.", valueName: "networks"))
  var from: String?

  @Option(help: ArgumentHelp("Its largest file, e.g. 20G.", valueName: "size"))
  var maxFileSize: String?

  @Option(help: ArgumentHelp("The bytes that its delivered files may have.", valueName: "size"))
  var quota: String?

  @Option(help: ArgumentHelp("The bytes that it may deliver in 24 hours.", valueName: "size"))
  var quotaDay: String?

  @Option(help: ArgumentHelp("The connections that it may have at once.", valueName: "n"))
  var sessions: String?

  @Option(help: ArgumentHelp("The bytes that it may send in a second.", valueName: "size"))
  var rate: String?

  @Option(help: ArgumentHelp("If it may send files: yes or no. (default: yes)", valueName: "word"))
  var send: String?

  @Option(
    help: ArgumentHelp(
      "The rows of the history that it may read: own, all or none. (default: own)",
      valueName: "rows"))
  var history: String?

  @Option(help: ArgumentHelp("The end of its access, e.g. 2027-12-31.", valueName: "time"))
  var expires: String?

  /// Returns the options as words of a line. `name` is put in place of `{name}` to check them.
  func words(checkedFor name: String) throws -> [String] {
    let values = [
      ("prefix", prefix), ("from", from), ("max-file-size", maxFileSize), ("quota", quota),
      ("quota-day", quotaDay), ("sessions", sessions), ("rate", rate), ("send", send),
      ("history", history), ("expires", expires),
    ]
    let words = values.compactMap { key, value in value.map { "\(key)=\($0)" } }
    var rights = Rights()
    for word in words {
      do {
        try rights.set(word.replacing("{name}", with: name))
      } catch {
        throw ValidationError("--\(error)")
      }
    }
    return words
  }

  /// Returns the rights for a client with this name.
  func rights(of name: ClientName) throws -> Rights {
    var rights = Rights()
    for word in try words(checkedFor: name.text) {
      try rights.set(word.replacing("{name}", with: name.text))
    }
    return rights
  }
}
