import Foundation
import Testing

@Suite("Questions are answered by a process of their own", .timeLimit(.minutes(20)))
struct AnswersTests {
  let failpoints: TemporaryDirectory

  init() throws { failpoints = try TemporaryDirectory() }

  private func answers(_ receiver: Receiver) -> [pid_t] {
    ProcessTable(supervisor: receiver.pid).children.filter { $0.title.hasPrefix("xferd: answers") }
      .map(\.pid)
  }

  @Test("A session has one such process, which ends with it")
  func answersProcessEndsWithItsSession() async throws {
    try await withReceiver { receiver in
      for kind in ["history", "stats"] {
        let arguments = [receiver.server, "flood", kind, "40"]
        try await HeldClient.run("hostile_questions.py", arguments) {
          #expect($0["ends"] as? Int == 40)
          #expect(answers(receiver).count == 1)
        }
        try await eventually { answers(receiver).isEmpty }
      }
    }
  }

  @Test("A session that receives and checks its health has no such process")
  func receivingSessionHasNoAnswersProcess() async throws {
    try await withReceiver { receiver in
      try await HeldClient.run("hostile_questions.py", [receiver.server, "flood", "health", "3"]) {
        #expect($0["ends"] as? Int == 3)
        #expect(answers(receiver).isEmpty)
      }
    }
  }

  @Test("If it is killed, its question is refused for now, and the next one is answered")
  func killedAnswersProcessRefusesItsQuestion() async throws {
    let place = ArmedPlace("answers.asked", in: failpoints)
    try await withReceiver(environment: ArmedPlace.environment(failpoints)) { receiver in
      async let asked = Programs.xferctl("history", "--server", receiver.server)
      try await place.reached()
      kill(try #require(answers(receiver).first), SIGKILL)
      let outcome = try await asked
      #expect(outcome.status != 0 && outcome.err.contains("its log says why"), "\(outcome.err)")
      #expect(await receiver.log.line(with: "was killed by signal 9") != nil)
      #expect(try await receiver.history().isEmpty)
    }
  }
}
