import Glibc
import XferIdentity
import XferSystem

/// The directory of this user's identity and of the receivers that it knows.
package struct ClientHome: Sendable {
  /// The variable of the environment that names the directory.
  package static let variable = "XFER_HOME"

  /// The path of the directory.
  package let path: String

  /// Uses the directory `path`, or that of XFER_HOME, or `xfer` in the user's directory for
  /// settings (https://specifications.freedesktop.org/basedir-spec).
  package init(_ path: String? = nil) {
    self.path =
      path ?? ClientHome.environment(ClientHome.variable)
      ?? (ClientHome.environment("XDG_CONFIG_HOME")
        ?? ClientHome.userHome + "/.config") + "/xfer"
  }

  private static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  private static var userHome: String {
    environment("HOME") ?? getpwuid(getuid()).map { String(cString: $0.pointee.pw_dir) } ?? "/"
  }

  /// Reads the identity of this user, or makes one.
  package func identity() throws -> KeyFiles.Identity {
    try KeyFiles(directory()).readOrMake(named: "xferctl")
  }

  /// The receivers that this user knows.
  package func receivers() throws -> KnownReceivers { KnownReceivers(try directory()) }

  /// The receivers that this user knows. Creates no directory.
  package func knownReceivers() throws -> [KnownReceiver] {
    access(path, F_OK) == 0 ? try KnownReceivers(try PrivateDirectory(path)).all() : []
  }

  private func directory() throws -> PrivateDirectory {
    var above = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/").dropLast() {
      above += above.isEmpty || above == "/" ? String(part) : "/\(part)"
      mkdir(above, 0o700)
    }
    do {
      return try PrivateDirectory(creating: path)
    } catch {
      throw UnusableFile(path, why: "\(error); set \(ClientHome.variable) to another directory")
    }
  }
}
