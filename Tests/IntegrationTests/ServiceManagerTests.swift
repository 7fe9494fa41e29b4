import Foundation
import Testing

/// A Python program plays the service manager: see Tests/Rig/clients/service_manager.py.
@Suite("A receiver works with a service manager such as systemd", .timeLimit(.minutes(20)))
struct ServiceManagerTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// Runs a scenario and returns what the manager saw.
  private func play(_ scenario: String, _ argument: String = "") async throws -> [String: Any] {
    let outcome = try await Programs.python(
      "service_manager.py", [scenario, Programs.directory, directory.path, argument])
    return try #require(outcome.objects.last, "\(outcome.err)")
  }

  @Test(
    "It says when it receives, reads its files again and ends, over a path and an abstract socket",
    arguments: ["", "@xfer-test-\(getpid())"])
  func statesAreTold(address: String) async throws {
    let seen = try await play("states", address)
    let messages = try #require(seen["messages"] as? [[String: String]])
    let steps = messages.flatMap { message in
      ["READY", "RELOADING", "STOPPING"].filter { message[$0] == "1" }
    }
    #expect(steps == ["READY", "RELOADING", "READY", "STOPPING"])
    #expect(messages.first?["STATUS"] == "starting")
    let ready = messages.first { $0["READY"] == "1" }
    #expect(ready?["STATUS"]?.hasPrefix("receiving on 127.0.0.1:") == true, "\(messages)")
    // --drain, and the times of the other steps.
    #expect(messages.last?["EXTEND_TIMEOUT_USEC"] == "86000000")
    #expect(seen["sender_is_receiver"] as? Bool == true)
    #expect(seen["reload_is_before_now"] as? Bool == true)
    #expect(seen["threads"] as? Int == 1)
    #expect(seen["status"] as? Int == 0)
  }

  @Test("It gives signs of life, and says that a process is started again")
  func signsOfLifeComeRegularly() async throws {
    let seen = try await play("watchdog")
    let ended = "waiting for the recorder, which is being started again"
    #expect(seen["ended"] as? String == ended)
    #expect((seen["again"] as? String)?.hasPrefix("receiving on ") == true)
    #expect(seen["status"] as? Int == 0)
  }

  @Test("It is not ready before the recorder has the history, and gives signs of life meanwhile")
  func readinessWaitsForTheRecorder() async throws {
    let seen = try await play("unready")
    let before = try #require(seen["before"] as? [[String: String]])
    #expect(before.contains { $0["WATCHDOG"] == "1" })
    #expect(!before.contains { $0["READY"] != nil }, "\(before)")
    #expect(seen["status"] as? Int == 0)
  }

  @Test(
    "It serves clients and pages on sockets that the manager opened, and a client waits for the next receiver"
  )
  func passedSocketsAreUsed() async throws {
    let seen = try await play("sockets")
    #expect(seen["status_names_port"] as? Bool == true)
    #expect(seen["log_names_page"] as? Bool == true)
    #expect(seen["health"] as? Int == 200)
    #expect(seen["sent"] as? [Int] == [0, 0])
    let output = try #require(seen["output"] as? String)
    #expect(!output.contains("retrying") && output.contains("1 file received"), "\(output)")
    #expect(seen["stopped"] as? [Int] == [0, 0])
  }

  @Test("It serves clients on several passed sockets")
  func severalSocketsAreUsed() async throws {
    let seen = try await play("several")
    #expect(seen["sent"] as? [Int] == [0, 0])
    #expect(seen["status"] as? Int == 0)
  }

  @Test(
    "A passed socket that cannot be used is refused with what to change",
    arguments: [
      ("name", "FileDescriptorName=listen or http"), ("datagram", "is no listening TCP socket"),
      ("pages", "2 sockets for the pages"),
    ])
  func unusableSocketIsRefused(kind: String, message: String) async throws {
    let seen = try await play("refused", kind)
    #expect(seen["status"] as? Int == 78)
    #expect((seen["log"] as? String)?.contains(message) == true, "\(seen)")
  }

  @Test("A manager that cannot be reached does not keep it from working")
  func missingManagerIsReported() async throws {
    let seen = try await play("gone")
    #expect((seen["log"] as? String)?.contains("the service manager is told nothing") == true)
    #expect(seen["status"] as? Int == 0)
  }
}
