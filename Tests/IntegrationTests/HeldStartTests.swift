import Foundation
import Testing

@Suite("A receiver starts although another program holds the history", .timeLimit(.minutes(20)))
struct HeldStartTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(
    "A receiver that starts with a locked history logs it once and waits for it")
  func startWaitsForLockedHistory() async throws {
    let data = directory.path + "/data"
    let file = try directory.file("f", bytes: 10)
    try await withReceiver(data: data) { _ in }
    try await HeldTransfer.running(
      "/usr/bin/env", ["python3", Programs.clients + "/hold_history.py", data + "/history.sqlite"],
      untilItSays: "locked"
    ) {
      try await withReceiver(data: data) { receiver in
        let sent = try await receiver.send(file)
        #expect(sent.status == 0)
        #expect(await receiver.log.count(of: "retrying until it can be used") == 1)
      }
    }
  }
}
