import XferProtocol
import XferSystem

/// The open invites: the file `invites` of the data directory. It holds keys that are derived of
/// the secrets. A key proves an invite as the secret does, so that only the receiver's user may
/// read the file.
package struct InviteFile: Sendable {
  private let file: PrivateFile

  /// Uses the invites in the data directory. A change waits for another program's change for at
  /// most `patience`.
  package init(_ data: PrivateDirectory, patience: Duration = .seconds(5)) {
    file = PrivateFile(data, "invites", patience: patience)
  }

  /// Adds an invite, and removes those that have ended.
  package func add(_ invite: Invite) throws {
    try change { $0.append(invite) }
  }

  /// The invites that have not ended.
  package func read() throws -> [Invite] { InviteFile.open(of: try file.lines()) }

  /// True if an open invite has this id. It only reads, so that it does not wait for another
  /// program.
  package func contains(_ id: InviteID) throws -> Bool { try read().contains { $0.id == id } }

  /// Removes an invite. Returns false if there is none with this id.
  package func remove(_ id: InviteID) throws -> Bool {
    try change { invites in
      let count = invites.count
      invites.removeAll { $0.id == id }
      return invites.count < count
    }
  }

  /// Runs `body` with an open invite, and takes one of its uses if `body` returns. Returns nil if
  /// no open invite has this id.
  package func use<Value>(_ id: InviteID, _ body: (Invite) throws -> Value) throws -> Value? {
    try change { invites in
      guard let index = invites.firstIndex(where: { $0.id == id }) else { return nil }
      let value = try body(invites[index])
      invites[index].uses -= 1
      return value
    }
  }

  /// Changes the open invites while no other program does.
  private func change<Value>(_ body: (inout [Invite]) throws -> Value) throws -> Value {
    try file.change { lines in
      let former = InviteFile.open(of: lines)
      var invites = former
      let value = try body(&invites)
      if invites != former {
        lines = [FileLine](texts: invites.filter { $0.uses > 0 }.map(\.line))
      }
      return value
    }
  }

  private static func open(of lines: [FileLine]) -> [Invite] {
    lines.compactMap { Invite(line: $0.repairedText) }
      .filter { $0.expiry > .now && $0.uses > 0 }
  }
}
