import Testing
import XferProtocol
import XferSystem

@testable import XferIdentity

extension ClientList {
  init(_ text: String) { self.init([FileLine](file: Array(text.utf8))) }
}

@Suite("The list of clients")
struct ClientListTests {
  private static let pins = (0..<4).map { Pin(bytes: [UInt8](repeating: $0, count: 32))! }

  @Test("A line that cannot be used is named by its number, and the others are valid")
  func badLineKeepsOthers() {
    let text =
      "# clients\na \(ClientListTests.pins[0])\n\nb x\nc \(ClientListTests.pins[2]) send=no\n"
    let list = ClientList(text)
    #expect(list.clients.map(\.name.text) == ["a", "c"])
    #expect(list.badLines.map(\.number) == [4])
    #expect("\(list.badLines[0])".hasPrefix("line 4: invalid fingerprint \"x\""))
  }

  @Test("A second line with a name or a key is not used, and is named")
  func secondLineIsNotUsed() {
    let pins = ClientListTests.pins
    let list = ClientList("a \(pins[0])\na \(pins[1])\nb \(pins[0])\nc \(pins[0].hex)\n")
    #expect(list.clients.map(\.name.text) == ["a"])
    #expect(list.badLines.map(\.number) == [2, 3, 4])
    #expect(list.badLines[0].why == "the name a is on an earlier line")
    #expect(list.badLines[1].why == "the fingerprint of b is on an earlier line")
  }

  @Test("A line that cannot be used still has its name and its key")
  func badLineHasItsWords() {
    let pins = ClientListTests.pins
    let list = ClientList("a \(pins[0]) send=x\na \(pins[1])\nb \(pins[0])\n")
    #expect(list.clients.isEmpty)
    #expect(list.badLines.count == 3)
  }

  @Test("Only the line with a byte that is not UTF-8 is bad, and a comment may have any bytes")
  func otherEncoding() throws {
    let pins = ClientListTests.pins
    let latin: [UInt8] = [0xe9]
    let text =
      Array("# caf".utf8) + latin + Array("\na \(pins[0]) prefix=caf".utf8) + latin
      + Array("\nb \(pins[1])\na \(pins[2])\n".utf8)
    let list = ClientList([FileLine](file: text))
    #expect(list.clients.map(\.name.text) == ["b"])
    #expect(list.badLines.map(\.number) == [2, 4])
    #expect(list.badLines[0].why.contains("not UTF-8"))
    let search = ClientSearch(text)
    #expect(throws: BadOption.self) { try search.client(with: pins[0]) }
    #expect(throws: BadOption.self) { try search.client(named: #require(ClientName("a"))) }
    #expect(try search.client(with: pins[1])?.name.text == "b")
    #expect(try search.client(with: pins[3]) == nil)
  }

  @Test("Ends of lines of other systems make no difference")
  func otherEndsOfLines() {
    let lines = ["a \(ClientListTests.pins[0])", "b \(ClientListTests.pins[1]) send=no"]
    let list = ClientList(lines.joined(separator: "\r\n") + "\r\n")
    #expect(list.clients == ClientList(lines.joined(separator: "\n")).clients)
    #expect(list.clients.count == 2 && list.badLines.isEmpty)
  }

  @Test("A grant is valid as long as its line, or no line with its name, is in the list")
  func validGrants() throws {
    let pins = ClientListTests.pins
    let clients = try ["a \(pins[0])", "b - send=no", "c -"].map {
      try #require(try EnrolledClient(line: $0))
    }
    let grants = clients.map(\.grant)
    let valid = { (text: String) in
      zip(clients, grants).map { ClientList(text).isValid($1, $0.name.text) }
    }
    #expect(valid("a \(pins[0])\nb - send=no\n") == [true, true, true])
    #expect(valid("a \(pins[0]) send=no\nb -\nc - send=no\n") == [false, false, false])
    #expect(valid("") == [false, false, true])
    #expect(valid("a -\nc \(pins[1])\n") == [false, false, false])
  }
}

@Suite("The search for one client")
struct ClientSearchTests {
  private func search(_ text: String) -> ClientSearch { ClientSearch(Array(text.utf8)) }

  /// Words of which random lines are made: few, so that they clash often.
  private static let words: [String] = {
    let pins = (0..<3).map { Pin(bytes: [UInt8](repeating: 16 * $0 + 10, count: 32))! }
    return pins.flatMap { ["\($0)", $0.hex, $0.hex.uppercased()] }
      + [
        "a", "ab", "b", "#", "#a", "-", "send=no", "prefix=a", "prefix=\(pins[0].hex)", "x=y", "\r",
        "", "\u{e9}",
      ]
  }()

  @Test("It finds the clients of the list, and no others, in random lists", arguments: 0..<20)
  func findsThoseOfTheList(_ seed: UInt64) {
    var numbers = Numbers(state: seed)
    for _ in 0..<300 {
      let lines = (0..<Int.random(in: 0...4, using: &numbers)).map { _ in
        (0..<Int.random(in: 0...4, using: &numbers))
          .map { _ in ClientSearchTests.words.randomElement(using: &numbers)! }
          .joined(separator: Bool.random(using: &numbers) ? " " : "\t")
      }
      let text = lines.joined(separator: Bool.random(using: &numbers) ? "\n" : "\r\n")
      // The first byte of "é" alone is not UTF-8.
      expectSame(Array(text.utf8).filter { $0 != 0xa9 })
    }
  }

  private func expectSame(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    let (list, search) = (ClientList([FileLine](file: bytes)), ClientSearch(bytes))
    for pin in Set(ClientSearchTests.words.compactMap { Pin($0) }) {
      let found = (try? search.client(with: pin)) ?? nil
      #expect(found == list.client(with: pin), "\(pin) in:\n\(text)")
    }
    for name in Set(ClientSearchTests.words.compactMap { ClientName($0) }) {
      let found = (try? search.client(named: name)) ?? nil
      let listed = list.client(named: name).flatMap { $0.pin == nil ? $0 : nil }
      #expect(found == listed, "\(name) in:\n\(text)")
    }
  }

  @Test("Lines of others cannot bar a client, whatever they contain")
  func otherLinesDoNotBar() throws {
    let pin = Pin(bytes: Array(1...32))!
    let others = "# cam7 \(pin)\nother x=\(pin)\ncam70 broken\nxcam7 -\nb - prefix=\(pin.hex) x\n"
    let client = try search(others + "cam7 \(pin)\n").client(with: pin)
    #expect(client?.name.text == "cam7")
  }

  @Test("A line of the client that cannot be used is an error, so that it can be told")
  func badLineOfTheClient() {
    let pin = Pin(bytes: Array(1...32))!
    #expect(throws: BadOption.self) { try search("cam7 \(pin) send=x").client(with: pin) }
    #expect(throws: BadOption.self) { try search("cam7 x\ncam7 \(pin)").client(with: pin) }
    #expect(throws: BadOption.self) {
      try search("cam7 \(pin)").client(named: #require(ClientName("cam7")))
    }
  }
}

/// A generator that returns the same numbers in every run (SplitMix64).
struct Numbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
