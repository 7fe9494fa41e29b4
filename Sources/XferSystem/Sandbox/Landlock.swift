import CLinux
import Glibc
import SystemPackage

/// A set of Landlock rules (landlock(7)): a process that enters it can reach only what they allow.
struct Landlock {
  /// The version in this kernel (the ABI of landlock(7)); 0 if there is none.
  static let version = max(xfer_landlock_version(), 0)

  /// LANDLOCK_ACCESS_NET_BIND_TCP and LANDLOCK_ACCESS_NET_CONNECT_TCP, since version 4.
  private static let bind: UInt64 = 1 << 0
  private static let connect: UInt64 = 1 << 1
  /// LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET and LANDLOCK_SCOPE_SIGNAL, since version 6.
  private static let abstractSockets: UInt64 = 1 << 0
  private static let signals: UInt64 = 1 << 1

  private let set: FileDescriptor
  private let restricted: FileAccess

  /// A set that denies all files and all TCP ports. `confinesSignals` also denies signals to
  /// processes outside.
  init(confinesSignals: Bool) throws(SystemFailure) {
    let version = Landlock.version
    try self.init(
      files: .all(version: version), ports: version >= 4 ? Landlock.bind | Landlock.connect : 0,
      scopes: version >= 6 && confinesSignals ? Landlock.signals : 0)
  }

  private init(files: FileAccess, ports: UInt64, scopes: UInt64) throws(SystemFailure) {
    var rules = xfer_landlock_rules(files: files.rawValue, ports: ports, scopes: scopes)
    set = FileDescriptor(
      rawValue: try retrying("create Landlock rules") { xfer_landlock_create(&rules) })
    restricted = files
  }

  /// Enters rules that deny abstract sockets of processes outside, and allow those of this process
  /// and of its children. Does nothing before version 6.
  static func confineAbstractSockets() throws(SystemFailure) {
    guard version >= 6 else { return }
    try confine(scopes: abstractSockets)
  }

  /// Enters rules that deny signals to processes outside. A process in any rules cannot trace one
  /// outside. Before version 6 only that holds, and before version 2 nothing does.
  static func confineSignals() throws(SystemFailure) {
    guard version >= 2 else { return }
    try confine(scopes: version >= 6 ? signals : 0)
  }

  private static func confine(scopes: UInt64) throws(SystemFailure) {
    let rules = try Landlock(files: .move, ports: 0, scopes: scopes)
    // Each set of rules denies moves between directories, even one that is not about files.
    try rules.allow(.move, to: "/")
    try rules.enter()
  }

  /// Allows access to a file, or to all that is beneath a directory.
  func allow(_ access: FileAccess, to file: FileDescriptor) throws(SystemFailure) {
    let access = access.intersection(restricted)
    do {
      try add(access, to: file)
    } catch {
      // A rule for a single file may not name access to directories.
      guard error.errno == .invalidArgument else { throw error }
      try add(access.intersection(.ofFile), to: file)
    }
  }

  private func add(_ access: FileAccess, to file: FileDescriptor) throws(SystemFailure) {
    try retrying("allow a file") {
      xfer_landlock_allow_file(set.rawValue, file.rawValue, access.rawValue)
    }
  }

  /// The same for a path. A path that does not exist is left out.
  func allow(_ access: FileAccess, to path: String) throws(SystemFailure) {
    let file = FileDescriptor(rawValue: xfer_open_name(path))
    guard file.rawValue >= 0 else { return }
    defer { try? file.close() }
    try allow(access, to: file)
  }

  /// Allows this process to bind a TCP port. 0 stands for one that the kernel chooses.
  func allowBinding(_ port: UInt16) throws(SystemFailure) {
    guard Landlock.version >= 4 else { return }
    try retrying("allow a port") { xfer_landlock_allow_port(set.rawValue, port, Landlock.bind) }
  }

  /// Restricts this process and closes the set.
  func enter() throws(SystemFailure) {
    try retrying("enter Landlock rules") { xfer_landlock_enter(set.rawValue) }
    try? set.close()
  }
}
