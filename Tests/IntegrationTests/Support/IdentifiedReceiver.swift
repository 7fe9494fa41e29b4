import Foundation
import Testing

/// Starts a receiver that serves enrolled clients alone, and runs `body`.
@discardableResult
func withIdentifiedReceiver(
  _ arguments: String..., data: String? = nil, environment: [String: String] = [:],
  body: @Sendable (Receiver) async throws -> Void
) async throws -> ReceiverEnd {
  let identified = environment.merging(["XFERD_ACCESS": "identified"]) { $1 }
  return try await withReceiver(arguments, data: data, environment: identified, body: body)
}

extension Receiver {
  /// Returns the line that `xferd invite` prints.
  func invite(_ name: String, _ options: String...) async throws -> String {
    let arguments = ["invite", name, "--data", data, "--address", server]
    let outcome = try await Programs.xferd(arguments + options)
    #expect(outcome.status == 0, "\(outcome.err)")
    return outcome.out.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Returns a user with a directory of its own that has joined under this name. `options` are those
  /// of `xferd invite`.
  func joined(_ name: String, _ options: [String] = []) async throws -> ClientUser {
    let user = try ClientUser(self)
    let arguments = ["invite", name, "--data", data, "--address", server]
    let invite = try await Programs.xferd(arguments + options)
    let outcome = try await user.run(
      "join", invite.out.trimmingCharacters(in: .whitespacesAndNewlines))
    try #require(outcome.status == 0, "\(invite.err)\(outcome.err)")
    return user
  }

  /// Runs `xferd clients` with these words.
  func clients(_ words: String...) async throws -> Outcome {
    try await Programs.xferd(["clients"] + words + ["--data", data])
  }

  /// Replaces the list of clients by this text, as an editor does, and makes the receiver read it.
  func edit(_ list: String) async throws {
    try Data(list.utf8).write(to: URL(fileURLWithPath: "\(data)/clients"))
    #expect(try await clients("reload").status == 0)
  }

  /// The rows of the history, as the host of the receiver reads them.
  func rows(_ columns: String) async throws -> [String] {
    try await sqlite("SELECT \(columns) FROM history ORDER BY id")
      .split(separator: "\n").map(String.init)
  }
}

/// A user of xferctl, with a directory of its own for the key and the known receivers.
struct ClientUser: Sendable {
  private let directory: TemporaryDirectory
  let server: String

  init(_ server: String) throws {
    directory = try TemporaryDirectory()
    self.server = server
  }

  init(_ receiver: Receiver) throws { try self.init(receiver.server) }

  /// The directory with the key, the certificate and the list of receivers.
  var home: String { directory.path + "/home" }

  /// The environment in which the user runs xferctl.
  var environment: [String: String] { ["XFER_HOME": home, "XFER_PLAIN": "0"] }

  func run(_ arguments: [String]) async throws -> Outcome {
    try await Programs.run(Programs.directory + "/xferctl", arguments, environment)
  }

  func run(_ arguments: String...) async throws -> Outcome { try await run(arguments) }

  /// Sends to the receiver, which the user knows by its invite or by `options`.
  func send(_ arguments: String...) async throws -> Outcome {
    try await run(["send", "--json", "--retry-for", "0s"] + arguments)
  }

  /// The fingerprint of the user's key, which is made if there is none.
  func pin() async throws -> String {
    try await run("identity").out.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

extension Receiver {
  /// The fingerprint of the receiver's key, as its log shows it.
  func pin() async throws -> String {
    let line = try #require(await log.line(with: "this receiver's key is "))
    return line.components(separatedBy: "key is ")[1]
  }
}
