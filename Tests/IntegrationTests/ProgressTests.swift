import Foundation
import Testing

@Suite("Progress is right on any terminal, and off it", .timeLimit(.minutes(20)))
struct ProgressTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// The screen of a terminal while a command ran.
  struct Screen {
    let status: Int
    let frames: [[String]]
    let sizes: [Int]
    let unknown: [String]
    let colours: Int

    /// The frames that show a running file.
    var running: [[String]] { frames.filter { $0.contains { $0.contains(" files  ") } } }
  }

  /// Runs `xferctl send` on a terminal.
  private func screen(
    _ receiver: Receiver, _ options: [String], _ arguments: [String],
    environment: [String: String] = [:]
  ) async throws -> Screen {
    let send = [Programs.directory + "/xferctl", "send", "--server", receiver.server]
    let outcome = try await Programs.run(
      "/usr/bin/env",
      ["python3", Programs.clients + "/screen.py"] + options + send + arguments,
      ["TERM": "xterm"].merging(environment) { $1 })
    let report = try #require(outcome.objects.last, "\(outcome.out) \(outcome.err)")
    return Screen(
      status: report["status"] as? Int ?? -1, frames: report["frames"] as? [[String]] ?? [],
      sizes: report["sizes"] as? [Int] ?? [], unknown: report["unknown"] as? [String] ?? ["none"],
      colours: report["colours"] as? Int ?? -1)
  }

  /// Makes a file with a long name of wide characters, and returns its path.
  private func wideFile() throws -> String {
    let name = String(repeating: "日本語", count: 20) + "-end.bin"
    return try directory.file(name, bytes: 1_500_000)
  }

  @Test(
    "One line for each running file and one in all, none of them too long",
    arguments: [120, 80, 40])
  func linesFit(columns: Int) async throws {
    let wide = try wideFile()
    let short = try directory.file("short", bytes: 1_500_000, seed: 2)
    try await withReceiver { receiver in
      let screen = try await screen(
        receiver, ["--size", "\(columns)x24"], [wide, short, "--jobs", "2", "--limit", "1M"])
      #expect(screen.status == 0 && screen.unknown.isEmpty)
      let both = screen.frames.filter { $0.count == 3 && $0.allSatisfy { $0.contains("%") } }
      #expect(both.count > 2, "\(screen.frames)")
      for frame in both {
        #expect(frame.allSatisfy { width($0) < columns }, "\(frame)")
        #expect(frame.count { $0.contains("日") && $0.contains("end.bin") && $0.contains("…") } == 1)
        #expect(frame[2].contains("/2 files"))
      }
      // Results and the sum are left, and nothing of the progress.
      let end = try #require(screen.frames.last)
      #expect(!end.joined().contains("%"), "\(end)")
      #expect(end.joined().contains("2 files received"), "\(end)")
    }
  }

  @Test(
    "A change of the width leaves nothing behind, if the terminal breaks lines again or cuts them",
    arguments: [["--reflow"], []], [("120x24", "40x24"), ("40x24", "120x24"), ("80x24", "60x4")])
  func resizeLeavesNothing(options: [String], sizes: (String, String)) async throws {
    let files = [try wideFile(), try directory.file("short", bytes: 1_500_000, seed: 2)]
    try await withReceiver { receiver in
      let screen = try await screen(
        receiver, ["--size", sizes.0, "--resize", sizes.1] + options,
        files + ["--jobs", "2", "--limit", "1M"])
      #expect(screen.status == 0 && screen.unknown.isEmpty)
      let columns = try #require(Int(sizes.1.prefix { $0 != "x" }))
      let later = zip(screen.frames, screen.sizes).filter { $0.1 == columns }.map(\.0)
        .filter { $0.contains { $0.contains("/2 files") } }
      #expect(later.count > 2)
      for frame in later.dropFirst() {
        #expect(frame.count { $0.contains("/2 files") } == 1, "\(frame)")
        #expect(frame.count { $0.contains("end.bin") } <= 1, "\(frame)")
        #expect(frame.allSatisfy { !$0.contains("%") || width($0) < columns }, "\(frame)")
      }
    }
  }

  @Test("Errors are coloured on a terminal, and nothing is with NO_COLOR")
  func colourIsForTerminals() async throws {
    let file = try directory.file("f", bytes: 100)
    try await withReceiver { receiver in
      #expect(try await receiver.send(file).status == 0)
      let other = try directory.file("g", bytes: 50)
      for (variable, isColoured) in [("", true), ("1", false)] {
        let screen = try await screen(
          receiver, [], [other, "--as", "f"], environment: ["NO_COLOR": variable])
        #expect(screen.status == 77 && screen.unknown.isEmpty)
        #expect((screen.colours > 0) == isColoured)
      }
    }
  }

  @Test("A name with escape sequences is shown harmless in the progress")
  func escapesAreHarmless() async throws {
    let file = try directory.file("a\u{1B}[2J\u{9B}31m\nb", bytes: 1_000_000)
    try await withReceiver("--names", "any") { receiver in
      let screen = try await screen(receiver, [], [file, "--limit", "1M"])
      #expect(screen.status == 0 && screen.unknown.isEmpty && screen.colours == 0)
      #expect(screen.running.contains { $0.joined().contains("a\\x1b[2J") }, "\(screen.frames)")
    }
  }

  @Test("Ctrl-C on a terminal stops the run cleanly, and a second one ends it at once")
  func interruptsStop() async throws {
    let file = try directory.file("f", bytes: 50_000_000)
    try await withReceiver { receiver in
      let once = try await screen(receiver, ["--signal", "SIGINT"], [file, "--limit", "1M"])
      #expect(once.status == 130)
      let end = try #require(once.frames.last)
      #expect(
        end.joined(separator: "\n").contains("interrupted; run the same command again"), "\(end)")
      #expect(!end.contains { $0.contains("%") }, "\(end)")
      let twice = try await screen(
        receiver, ["--signal", "SIGINT", "--signal", "SIGINT"], [file, "--limit", "1M"])
      #expect(twice.status == 130)
    }
  }

  @Test("Off a terminal a large file has a line every ten seconds on standard error")
  func longTransferHasLines() async throws {
    let file = try directory.file("f", bytes: 6_000_000)
    try await withReceiver { receiver in
      async let json = Programs.xferctl([
        "send", file, "--as", "json", "--json", "--server", receiver.server, "--limit", "500K",
      ])
      let outcome = try await Programs.xferctl(
        "send", file, "--server", receiver.server, "--limit", "500K")
      #expect(outcome.status == 0)
      let lines = outcome.err.split(separator: "\n")
      #expect(lines.count == 1 && lines[0].hasPrefix("sending   f  "), "\(outcome.err)")
      #expect(outcome.lines.count == 2)
      let objects = try await json.objects
      #expect(objects.map { $0["status"] as? String } == ["sending", "received"])
      #expect(objects[0]["sent"] as? Int ?? 0 > 1_000_000)
      #expect(objects[0]["bytes_per_second"] as? Double ?? 0 > 100_000)
    }
  }

  /// Columns on the terminal, as the screen counts them.
  private func width(_ line: String) -> Int {
    line.unicodeScalars.reduce(0) { $0 + ((0x2e80...0x9fff).contains($1.value) ? 2 : 1) }
  }
}
