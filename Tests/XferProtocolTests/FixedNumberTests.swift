import Testing

@testable import XferProtocol

/// Other programs and stored rows contain these numbers and codes, so none may ever change.
@Suite("Numbers and codes of the interfaces never change")
struct FixedNumberTests {
  private static let reasons: [(number: UInt16, code: String)] = [
    (1, "busy"), (2, "too_many_from_address"), (3, "too_large"), (4, "no_space"), (5, "exists"),
    (6, "bad_name"), (7, "not_allowed"), (8, "shutting_down"), (9, "corrupt"), (10, "malformed"),
    (11, "timeout"), (12, "gone"), (13, "unavailable"), (14, "not_supported"), (15, "bad_size"),
    (16, "cut"), (17, "withdrawn"), (18, "handshake"), (19, "unknown_client"), (20, "quota"),
    (21, "incomplete"),
  ]

  @Test("A reason keeps its number and its code", arguments: reasons)
  func reasonKeepsNumberAndCode(_ number: UInt16, _ code: String) {
    #expect(Reason(rawValue: number)?.code == code)
  }

  @Test("Every reason has a fixed number in this test")
  func everyReasonHasFixedNumber() {
    #expect(Reason.allCases.map(\.rawValue) == FixedNumberTests.reasons.map(\.number))
  }

  @Test("Protocols, statuses and durabilities keep their numbers")
  func enumerationsKeepTheirNumbers() {
    #expect(WireProtocol.allCases.map(\.rawValue) == [1, 2])
    #expect(WireProtocol.allCases.map(\.name) == ["native", "classic"])
    #expect(HistoryFilter.Status.allCases.map(\.rawValue) == [1, 2, 3])
    #expect(HistoryEntry.Status(rawValue: 1) == .completed)
    #expect(HistoryEntry.Status(rawValue: 2) == .failed)
    #expect(Durability(rawValue: 1) == .durable)
    #expect(Durability(rawValue: 2) == .lazy)
  }

  @Test("The limits of protocol versions 1 to 3 do not change")
  func limitsOfVersions1To3AreFixed() {
    #expect(WireLimits.version == 3)
    #expect(WireLimits.magic == [0xff, 0x58, 0x46, 0x52])
    #expect(WireLimits.frameHeader == 9)
    #expect(WireLimits.payload == 16_384)
    #expect(WireLimits.content == 1_048_576)
    #expect(WireLimits.eager == 262_144)
    #expect(WireLimits.window == 1024)
    #expect(WireLimits.text == 4096)
    #expect(WireLimits.size == 9_223_372_036_854_775_807)
  }

  @Test("The exit statuses of processes do not change")
  func exitStatusesAreFixed() {
    #expect(RoleExit.done.rawValue == 0)
    #expect(RoleExit.peerFailed.rawValue == 1)
    #expect(RoleExit.failed.rawValue == 70)
    #expect(RoleExit.unusable.rawValue == 78)
  }
}
