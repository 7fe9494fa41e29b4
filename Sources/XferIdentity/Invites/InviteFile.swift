import XferProtocol
import XferSystem

/// The open invites: the file `invites` of the data directory. It holds keys that are derived of
/// the secrets, and only the receiver's user may read it.
package struct InviteFile: Sendable {
  private static let file = "invites"

  private let directory: PrivateDirectory

  /// Uses the invites in the data directory.
  package init(_ data: PrivateDirectory) { directory = data }

  /// Adds an invite, and removes those that have ended.
  package func add(_ invite: Invite) throws {
    try change { $0.append(invite) }
  }

  /// The invites that have not ended.
  package func read() throws -> [Invite] { try open() }

  /// Removes an invite. Returns false if there is none with this id.
  package func remove(_ id: InviteID) throws -> Bool {
    var isRemoved = false
    try change { invites in
      isRemoved = invites.contains { $0.id == id }
      invites.removeAll { $0.id == id }
    }
    return isRemoved
  }

  /// Runs `body` with an open invite, and takes one of its uses if `body` returns. Returns nil if
  /// no open invite has this id.
  package func use<Value>(_ id: InviteID, _ body: (Invite) throws -> Value) throws -> Value? {
    var value: Value?
    try change { invites in
      guard let index = invites.firstIndex(where: { $0.id == id }) else { return }
      value = try body(invites[index])
      invites[index].uses -= 1
    }
    return value
  }

  /// Changes the open invites while no other program does.
  private func change(_ body: (inout [Invite]) throws -> Void) throws {
    try directory.exclusively(InviteFile.file) {
      let former = try open()
      var invites = former
      try body(&invites)
      let text = invites.filter { $0.uses > 0 }.map { $0.line + "\n" }.joined()
      if invites != former { try directory.replace(InviteFile.file, text: text, mode: 0o600) }
    }
  }

  private func open() throws -> [Invite] {
    let text = try directory.text(of: InviteFile.file) ?? ""
    return text.fileLines.compactMap { Invite(line: $0) }
      .filter { $0.expiry > .now && $0.uses > 0 }
  }
}
