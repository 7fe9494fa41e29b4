import Foundation
import Testing

/// An error of the disk that strace injects into one process of a receiver in place of a system
/// call.
struct DiskFault: CustomTestStringConvertible, Sendable {
  enum Victim: String, Sendable { case session, recorder }

  let victim: Victim
  let call: String
  /// The purpose of the call, as in docs/reliability.md.
  let purpose: String
  let error: String
  /// The calls of a thread that fail, in the syntax of strace: "1" or "1..3".
  let when: String
  /// Only calls on this path below the data directory fail.
  var path: String?
  /// The place of a transfer at which the fault begins (see `Failpoint`).
  var place: String?
  /// The files that are sent.
  var load = FaultLoad.all
  /// A regular expression for the line of strace that shows the failed call.
  var shown = ""

  var testDescription: String {
    "\(victim.rawValue): \(call), \(purpose): \(error) at \(when)"
  }

  /// Returns a cell for each error once, and one for EIO three times in a row.
  static func cells(
    _ victim: Victim, _ call: String, _ purpose: String, _ errors: [String] = ["EIO"],
    path: String? = nil, at place: String? = nil, load: [FaultLoad] = FaultLoad.all,
    shown: String = ""
  ) -> [DiskFault] {
    (errors.map { ($0, "1") } + [("EIO", "1..3")]).map { error, when in
      DiskFault(
        victim: victim, call: call, purpose: purpose, error: error, when: when, path: path,
        place: place, load: load, shown: shown)
    }
  }
}

/// The files that are sent while the disk fails.
enum FaultLoad: String, CaseIterable, Sendable {
  case small, medium, large, group

  static let all = allCases

  /// Names and lengths. A file above 1 MiB is written around the page cache, one of 16 MiB and more
  /// is synced by its session, and a group of eight and more is synced at once.
  var files: [(name: String, bytes: Int)] {
    switch self {
    case .small: [("tree/small", 1001)]
    case .medium: [("tree/medium", 3_000_001)]
    case .large: [("tree/large", 20_000_001)]
    case .group: (0..<20).map { ("tree/group/\($0)", 1000 + $0) }
    }
  }

  var bytes: Int { files.reduce(0) { $0 + $1.bytes } }
}

/// System calls of the processes of a receiver in their order, from one trace per process.
struct DiskTrace {
  private static let calls =
    "openat2,statx,fallocate,pwrite64,fdatasync,fsync,syncfs,renameat2,unlinkat"

  let lines: [Substring]

  /// Merges the traces in the order in which the calls began.
  init(_ paths: [String]) throws {
    let all = try paths.flatMap { try Strace.lines($0) }
    lines = all.map { ($0.split(separator: " ", maxSplits: 2)[1], $0) }.sorted { $0.0 < $1.0 }
      .map(\.1)
  }

  /// Runs `body` while a process and its future children are traced.
  static func run(
    _ pid: pid_t, to path: String, failing fault: DiskFault? = nil, below data: String,
    _ body: () async throws -> Void
  ) async throws {
    var arguments = ["strace", "-f", "-ttt", "-yy", "-s", "64", "-o", path, "-p", "\(pid)"]
    arguments += ["-e", "trace=\(calls)"]
    if let fault {
      arguments += ["-e", "inject=\(fault.call):error=\(fault.error):when=\(fault.when)"]
      if let only = fault.path { arguments += ["-P", "\(data)/\(only)"] }
    }
    try await HeldTransfer.running(
      "/usr/bin/env", arguments, untilItSays: "Process \(pid) attached", body)
  }

  var injected: [Int] { lines.indices.filter { lines[$0].contains("(INJECTED)") } }

  func showsEnd(of pid: pid_t) -> Bool {
    lines.contains { $0.hasPrefix("\(pid) ") && $0.contains("+++ exited with") }
  }

  /// The files in `incoming/` that were renamed, with their lines in the trace.
  var published: [(id: String, at: Int)] {
    lines.indices.compactMap { index in
      guard let match = lines[index].firstMatch(of: /renameat2\(.*incoming>, "([0-9a-f]{32})"/),
        !lines[index].contains("INJECTED")
      else { return nil }
      return (String(match.1), index)
    }
  }

  func last(_ call: String, of id: String, in range: Range<Int>) -> Int? {
    lines[range].lastIndex {
      $0.contains(" \(call)(") && $0.contains("/incoming/\(id)>") && !$0.contains("INJECTED")
    }
  }
}
