import FoundationEssentials
import Logging
import Testing

@testable import XferLog

@Suite("A log line of JSON is one object on one line")
struct LogLineJSONTests {
  @Test("An object has the time, the level, the process, the pid and the message")
  func objectHasFixedMembers() throws {
    let object = try decoded(json("serving"))
    let form = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/
    #expect(object.time.wholeMatch(of: form) != nil)
    #expect(object.level == "notice")
    #expect(object.process == "session")
    #expect(object.pid == 7)
    #expect(object.message == "serving")
  }

  @Test("A whole number is a JSON number, and every other value a string")
  func wholeNumberIsNumber() {
    let line = json("m", ["bytes": .stringConvertible(5), "name": "5", "rate": "1.2 GiB/s"])
    #expect(line.contains("\"bytes\":5,"))
    #expect(line.contains("\"name\":\"5\""))
    #expect(line.contains("\"rate\":\"1.2 GiB/s\""))
  }

  @Test("A number above 64 bits with a sign becomes the greatest number of them")
  func largeNumberIsClamped() {
    let line = json("m", ["bytes": .stringConvertible(UInt64.max)])
    #expect(line.contains("\"bytes\":\(Int64.max)"))
  }

  @Test("A detail cannot replace a fixed member")
  func detailDoesNotReplaceMember() throws {
    let details: Logger.Metadata = [
      "level": "critical", "message": "forged", "process": "other", "pid": .stringConvertible(1),
      "time": "never",
    ]
    let object = try decoded(json("true", details))
    #expect(object.level == "notice")
    #expect(object.message == "true")
    #expect(object.process == "session")
    #expect(object.pid == 7)
    #expect(object.time != "never")
  }

  @Test(
    "A control character stays in the value and begins no other line",
    arguments: ["a\nb", "a\r\nb", "\u{1b}[31m", "\u{0}", "a\"b\\c"])
  func controlCharacterBeginsNoLine(_ text: String) throws {
    let line = json(text, ["name": "\(text)"])
    #expect(!line.utf8.contains { $0 < 0x20 })
    let object = try decoded(line)
    #expect(object.message == text)
    #expect(object.name == text)
  }

  private func json(_ message: String, _ details: Logger.Metadata = [:]) -> String {
    LogLine(level: .notice, process: "session", pid: 7, message: message, details: details)
      .rendered(as: .json)
  }

  private func decoded(_ line: String) throws -> Object {
    try JSONDecoder().decode(Object.self, from: Data(line.utf8))
  }
}

/// The members of a line that the tests read.
private struct Object: Decodable {
  let time: String
  let level: String
  let process: String
  let pid: Int
  let message: String
  let name: String?
}
