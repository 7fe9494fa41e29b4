import Foundation

/// The processes of a receiver, read from /proc.
struct ProcessTable {
  let supervisor: pid_t

  /// The children of the supervisor, with their titles in `ps`.
  var children: [(pid: pid_t, title: String)] {
    ProcessTable.all.filter { parent(of: $0) == supervisor }.map { ($0, title(of: $0)) }
  }

  func child(_ role: String) -> pid_t? {
    children.first { $0.title.hasPrefix("xferd: \(role)") }?.pid
  }

  var zombies: Int { children.count { state(of: $0.pid) == "Z" } }

  /// Returns the targets of the open descriptors of a process, without the standard ones.
  static func descriptors(of pid: pid_t) -> [String] {
    let folder = "/proc/\(pid)/fd"
    let numbers = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return numbers.filter { Int($0) ?? 0 > 2 }.compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
    }
  }

  static func threads(of pid: pid_t) -> Int {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task").count) ?? 0
  }

  /// Returns the number of bytes of memory that a process shares with no other (proc(5),
  /// smaps_rollup).
  static func privateBytes(of pid: pid_t) throws -> Int {
    let text = try String(contentsOfFile: "/proc/\(pid)/smaps_rollup", encoding: .utf8)
    let lines = text.split(separator: "\n").filter { $0.hasPrefix("Private_") }
    return lines.reduce(0) { sum, line in
      sum + (line.split(separator: " ").compactMap { Int($0) }.first ?? 0) << 10
    }
  }

  /// Returns the addresses at which TCP port is listened on, in the digits of /proc/net/tcp and
  /// /proc/net/tcp6 (proc(5)). The state of a listener is 0A.
  static func listeners(port: UInt16) throws -> [String] {
    let number = String(format: ":%04X", port)
    return try ["/proc/net/tcp", "/proc/net/tcp6"].flatMap { file -> [String] in
      guard FileManager.default.fileExists(atPath: file) else { return [] }
      let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
      let rows = lines.map { $0.split(separator: " ") }
      return rows.filter { $0[1].hasSuffix(number) && $0[3] == "0A" }
        .map { String($0[1].dropLast(number.count)) }
    }
  }

  /// Returns the command lines of the programs with this setting in their environment, their words
  /// separated by blanks.
  static func commandLines(with setting: String) -> [String] {
    func text(_ pid: pid_t, _ name: String) -> String {
      let data = FileManager.default.contents(atPath: "/proc/\(pid)/\(name)") ?? Data()
      return String(decoding: data, as: UTF8.self).replacingOccurrences(of: "\0", with: " ")
    }
    return all.filter { text($0, "environ").contains(setting + " ") }.map { text($0, "cmdline") }
  }

  private static var all: [pid_t] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { pid_t($0) }
  }

  /// Returns the fields of /proc/PID/stat after the name, which may contain spaces.
  private func fields(of pid: pid_t) -> [Substring] {
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return [] }
    return text[text.index(after: end)...].split(separator: " ")
  }

  private func state(of pid: pid_t) -> Substring { fields(of: pid).first ?? "" }

  private func parent(of pid: pid_t) -> pid_t? {
    let fields = fields(of: pid)
    return fields.count > 1 ? pid_t(fields[1]) : nil
  }

  private func title(of pid: pid_t) -> String {
    let data = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
    return String(decoding: data.prefix { $0 != 0 }, as: UTF8.self)
  }
}

/// Polls until the condition is true. The time limit of the test is the only bound: no time of its
/// own decides that the condition is false. The pause leaves the processor to the processes under
/// test.
func eventually(_ condition: () async throws -> Bool) async throws {
  while try await !condition() {
    try Task.checkCancellation()
    try await Task.sleep(for: .milliseconds(5))
  }
}
