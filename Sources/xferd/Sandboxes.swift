import Glibc
import SystemPackage
import XferKeys
import XferMetrics
import XferStorage
import XferSystem

/// The sandboxes of the roles: all that each process may reach. docs/security.md ("Privileges") has
/// the same in words.
///
/// The filters are built once, before the first fork. Files are named in the process itself,
/// because the files of the history may be new since the fork of another one.
struct Sandboxes {
  /// The time for which the stats process waits for the recorder to open the history.
  private static let historyPatience = Duration.seconds(1)
  private static let mebibyte: UInt = 1 << 20
  /// The files by which libdispatch counts processors and looks at its threads. /proc shows the
  /// memory and the environment of no other process, because Landlock denies ptrace(2).
  private static let runtime: [Sandbox.FileRule] = [
    .path("/proc", .read), .path("/sys/devices/system/cpu", .read),
    .path("/sys/fs/cgroup", .read), .path("/dev/urandom", .read),
  ]

  let settings: Settings
  let data: DataDirectory
  let board: Scoreboard
  /// True if the stats process binds its port, and was not given a listener.
  let bindsPages: Bool
  private let recorderCalls = CallFilter(
    CallRule.base + CallRule.accepting + CallRule.connections + CallRule.writing
      + CallRule.publishing + CallRule.threads + CallRule.events, signalsSupervisor: true)
  private let statsCalls = CallFilter(
    CallRule.base + CallRule.threads + CallRule.events + CallRule.accepting
      + CallRule.connections + CallRule.serving, signalsSupervisor: true)
  private let answersCalls = CallFilter(
    CallRule.base + CallRule.connections + CallRule.threads + CallRule.events)
  private let keysCalls = CallFilter(
    CallRule.base + CallRule.connections + CallRule.accepting + CallRule.writing
      + CallRule.publishing, signalsSupervisor: true)
  /// The check of a certificate by an authority runs as a task of Swift.
  private let authorityCalls = CallFilter(
    CallRule.base + CallRule.connections + CallRule.localConnections + CallRule.writing
      + CallRule.dating + CallRule.threads + CallRule.events)
  private let sessionCalls = CallFilter(
    CallRule.base + CallRule.connections + CallRule.localConnections + CallRule.writing
      + CallRule.dating + CallRule.threads)

  init(settings: Settings, data: DataDirectory, board: Scoreboard, bindsPages: Bool) {
    self.bindsPages = bindsPages
    self.settings = settings
    self.data = data
    self.board = board
  }

  /// The recorder changes the data directory, and nothing else.
  var recorder: (() -> Sandbox)? {
    row(recorderCalls, oomScore: 200) { sandbox in
      sandbox.files =
        [
          .path(data.path, .changeTree), .directory(data.incoming, .changeTree),
          .directory(data.files, .changeTree), .path("/proc/sys/kernel/random", .list),
        ] + Sandboxes.runtime
    }
  }

  /// The stats process reads the history and binds its port.
  var stats: (() -> Sandbox)? {
    row(statsCalls, oomScore: 400) { sandbox in
      sandbox.files = awaitedHistory() + Sandboxes.runtime + pageFiles
      if bindsPages {
        sandbox.ports = [settings.http.port, UInt16(truncatingIfNeeded: board[.httpPort])]
      }
      sandbox.limits = ResourceLimits(descriptors: 2048, memory: 1024 * Sandboxes.mebibyte)
    }
  }

  /// An answers process reads the history.
  var answers: (() -> Sandbox)? {
    row(answersCalls, oomScore: 500) { sandbox in
      sandbox.files = data.historyFiles.map { .path($0, .read) } + Sandboxes.runtime
      sandbox.limits = ResourceLimits(descriptors: 64, memory: 512 * Sandboxes.mebibyte)
    }
  }

  /// The key process reads the key, and makes it at the first start.
  var keys: (() -> Sandbox)? {
    row(keysCalls, oomScore: 200) { sandbox in
      sandbox.files =
        [.path(ReceiverFiles.identity(in: data.path), .changeTree)] + keyFiles
        + Sandboxes.runtime
      sandbox.limits = ResourceLimits(
        descriptors: UInt(board.sessionCapacity) + 64, memory: 256 * Sandboxes.mebibyte)
    }
  }

  /// The process that runs the commands of the operator, which may need any file or program. They
  /// gain no privilege, and can neither signal nor trace a process of the receiver.
  var hooks: (() -> Sandbox)? { row(nil, oomScore: 500) { _ in } }

  /// A session changes `incoming/` and examines names in `files/`, which needs no access. It reads
  /// /proc/locks to find the session that holds a file, and the list of clients, which it opened
  /// before.
  var session: (() -> Sandbox)? {
    let authorities = settings.access.authorities
    return row(authorities == nil ? sessionCalls : authorityCalls, oomScore: 600) { sandbox in
      sandbox.files = [
        .directory(data.incoming, .changeFiles), .path("/proc/locks", .read),
      ]
      if let authorities { sandbox.files += [.path(authorities, .read)] + Sandboxes.runtime }
      sandbox.limits = ResourceLimits(descriptors: 512, memory: 256 * Sandboxes.mebibyte)
    }
  }

  /// The directories of the certificate and the key that an authority made. Whole directories,
  /// because a renewal replaces the files, and because they are often links.
  private var keyFiles: [Sandbox.FileRule] {
    guard case .files(let certificate, let key, _) = settings.keySource else { return [] }
    return Sandboxes.directories(of: [certificate, key])
  }

  /// The tokens for the pages, and the certificate and key of the pages: two files, because the
  /// process reads them once.
  private var pageFiles: [Sandbox.FileRule] {
    [.path(ReceiverFiles.tokens(in: data.path), [.read, .list])]
      + (settings.httpCertificate?.files ?? []).map { .path($0, .read) }
  }

  /// Returns rules for the directories in which the files are, and in which they really are.
  private static func directories(of files: [String]) -> [Sandbox.FileRule] {
    files.flatMap { file -> [String] in
      let real = realpath(file, nil).map { text in
        defer { free(text) }
        return String(cString: text)
      }
      return [file, real ?? file]
    }.map { FilePath($0).removingLastComponent().string }
      .map { .path($0.isEmpty ? "." : $0, [.read, .list]) }
  }

  private func row(
    _ calls: CallFilter?, oomScore: Int, _ configure: @escaping (inout Sandbox) -> Void
  ) -> (() -> Sandbox)? {
    guard settings.sandbox != .off else { return nil }
    return {
      var sandbox = Sandbox(calls: calls)
      sandbox.oomScore = oomScore
      configure(&sandbox)
      return sandbox
    }
  }

  /// The files of the history, which the recorder creates at its start. If they are not there soon,
  /// because the history is held or migrated, the whole data directory may be read instead.
  private func awaitedHistory() -> [Sandbox.FileRule] {
    let end = MonotonicTime.now + Sandboxes.historyPatience
    while !isHistoryOpen, .now < end { usleep(2000) }
    guard isHistoryOpen else { return [.path(data.path, [.read, .list])] }
    return data.historyFiles.map { .path($0, .read) }
  }

  private var isHistoryOpen: Bool { data.historyFiles.allSatisfy { access($0, F_OK) == 0 } }
}
