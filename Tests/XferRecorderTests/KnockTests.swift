import Logging
import Testing
import XferIdentity
import XferProtocol
import XferSystem

@testable import XferRecorder

@Suite("Clients that are not enrolled are noted at a bounded rate")
struct KnockTests {
  private let rig: RecorderRig
  private let lists: PrivateDirectory
  private let enrolments: Enrolments
  private let now = MonotonicTime.now

  init() throws {
    rig = try RecorderRig()
    lists = try PrivateDirectory(rig.path)
    enrolments = Enrolments(
      lists, isKnown: { _ in false }, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  private func knock(_ number: UInt8, from address: String) -> Knock {
    Knock(
      pin: Pin(bytes: [UInt8](repeating: number, count: 32))!, agent: "xferctl", address: address)
  }

  private func addresses() throws -> Set<String> {
    Set(try PendingFile(lists).read().map(\.address))
  }

  @Test("A network that knocks without end does not keep another one from being noted")
  func otherNetworkIsNoted() throws {
    for number in 0..<200 {
      enrolments.note(knock(UInt8(number), from: "2001:db8::\(number)"), now: now)
    }
    #expect(try PendingFile(lists).read().count == 10)
    enrolments.note(knock(201, from: "2001:db8:1::1"), now: now)
    #expect(try addresses().contains("2001:db8:1::1"))
    enrolments.note(knock(202, from: "2001:db8::1"), now: now + .seconds(2))
    #expect(try PendingFile(lists).read().first?.pin == knock(202, from: "").pin)
  }

  @Test("Of many networks 20 clients are noted at once, and 10 a second then")
  func allNetworksHaveARate() throws {
    for number in 0..<50 {
      enrolments.note(knock(UInt8(number), from: "10.0.0.\(number)"), now: now)
    }
    #expect(try addresses().count == 20)
    for number in 50..<100 {
      enrolments.note(knock(UInt8(number), from: "10.0.0.\(number)"), now: now + .seconds(1))
    }
    #expect(try addresses().count == 30)
  }
}
