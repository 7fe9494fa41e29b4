import Foundation

/// Traces a receiver and its children.
enum Strace {
  static let works: Bool = {
    let probe = Process()
    probe.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    probe.arguments = ["strace", "-o", "/dev/null", "true"]
    probe.standardError = FileHandle.nullDevice
    return (try? probe.run()).map { probe.waitUntilExit() } != nil && probe.terminationStatus == 0
  }()

  /// Returns the lines of a trace. A call that strace split into two lines is joined.
  static func lines(_ path: String) throws -> [Substring] {
    var begun: [Substring: Substring] = [:]
    return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").compactMap {
      let process = $0.prefix { $0 != " " }
      if $0.hasSuffix(unfinished) {
        begun[process] = $0.dropLast(unfinished.count)
        return nil
      }
      guard let end = $0.range(of: " resumed>"), let start = begun.removeValue(forKey: process)
      else { return $0 }
      return start + $0[end.upperBound...]
    }
  }

  private static let unfinished = " <unfinished ...>"

  /// Runs `body` while a receiver and its future children are traced, and its present ones with
  /// `children`. The trace is one file, in the order in which the calls returned.
  static func run(
    _ pid: pid_t, to path: String, failing fault: String? = nil, children: Bool = true,
    _ body: () async throws -> Void
  ) async throws {
    let calls =
      "close_range,fcntl,pwrite64,fsync,fdatasync,syncfs,renameat2,unlinkat,sendto,sendmsg"
    let children = children ? ProcessTable(supervisor: pid).children.map(\.pid) : []
    let processes = [pid] + children
    let attach = processes.flatMap { ["-p", "\($0)"] }
    let arguments =
      ["strace", "-f", "-yy", "-e", "trace=\(calls)", "-o", path]
      + (fault.map { ["-e", "inject=\($0)"] } ?? []) + attach
    try await HeldTransfer.running(
      "/usr/bin/env", arguments, untilItSays: "Process \(processes[processes.count - 1]) attached",
      body)
  }
}
