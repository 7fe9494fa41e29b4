import Glibc
import Logging
import SystemPackage
import XferStorage
import XferSystem

/// The privileges of the receiver as a whole: its user, and what all its processes give up before
/// the first of them is forked.
struct Privileges {
  private let settings: Settings
  private let log: Logger

  init(_ settings: Settings, log: Logger) {
    self.settings = settings
    self.log = log
  }

  /// Becomes the user of `--user`, and opens the data directory as that user. The listener of the
  /// clients is bound before, because its port may need root. Throws if there is no such user, or
  /// if the user cannot use the directory.
  func openDataDirectory() throws -> DataDirectory {
    guard let name = settings.user else { return try DataDirectory(path: settings.data) }
    try become(name)
    do {
      return try DataDirectory(path: settings.data)
    } catch let failure as SystemFailure {
      guard failure.errno == .permissionDenied else { throw failure }
      throw UnusableDataDirectory(
        why: """
          the user "\(name)" cannot use the data directory: \(failure); \
          give it to that user: chown -R \(name): "\(settings.data)"
          """)
    }
  }

  private func become(_ name: String) throws {
    guard let user = User(named: name) else {
      throw MissingProtection(description: "--user: there is no user \"\(name)\" on this machine")
    }
    if geteuid() == user.id { return }
    guard geteuid() == 0 else {
      throw MissingProtection(
        description: "--user \(name) needs a start as root; start the receiver as that user instead"
      )
    }
    try user.become()
  }

  /// Gives up what no process of the receiver needs, and logs once what the kernel lacks. Throws
  /// with `--sandbox require` if it lacks anything.
  func confine(_ data: DataDirectory) throws {
    guard settings.sandbox != .off else {
      return log.warning("no process is in a sandbox, because of --sandbox off")
    }
    var missing = SandboxMode.missing
    let foreign = try data.isForeign
    if foreign {
      missing.append(
        "a data directory of another user (processes keep root's access to files; use --user)")
    }
    if !missing.isEmpty, settings.sandbox == .require {
      throw MissingProtection(
        description: "--sandbox require: this receiver lacks \(missing.joined(separator: ", "))")
    }
    if !missing.isEmpty {
      log.warning("the sandboxes are not complete; missing: \(missing.joined(separator: ", "))")
    }
    tzset()  // reads the time zone, the file of which no sandbox contains
    try giveUpPrivileges(keepingAccessToFiles: foreign)
  }
}

/// An error of a receiver that must not run with fewer protections than it was told to have.
struct MissingProtection: Error, CustomStringConvertible {
  let description: String
}
