import Foundation
import Testing

@Suite("A history that another program holds at the start is waited for", .timeLimit(.minutes(10)))
struct HeldStartTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// Holds the database alone, as VACUUM does, for longer than SQLite waits for it.
  private static let hold = """
    import sqlite3, sys, time
    database = sqlite3.connect(sys.argv[1], isolation_level=None)
    database.execute("PRAGMA locking_mode = EXCLUSIVE")
    database.execute("BEGIN EXCLUSIVE")
    print("locked", file=sys.stderr, flush=True)
    time.sleep(13)
    """

  @Test("The receiver says so, and receives when it can be opened", .timeLimit(.minutes(3)))
  func held() async throws {
    let data = directory.path + "/data"
    let file = try directory.file("f", bytes: 10)
    try await withReceiver(data: data) { _ in }
    try await HeldTransfer.running(
      "/usr/bin/env", ["python3", "-c", HeldStartTests.hold, data + "/history.sqlite"],
      untilItSays: "locked"
    ) {
      try await withReceiver(data: data) { receiver in
        let sent = try await receiver.send(file)
        #expect(sent.status == 0)
        #expect(await receiver.log.count(of: "tries again until it can be used") == 1)
      }
    }
  }
}
