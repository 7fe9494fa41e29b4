import Testing
import XferProtocol

@testable import XferIdentity

@Suite("Changes of the list of clients")
struct ClientFileTests {
  private static let pins = (0..<4).map { Pin(bytes: [UInt8](repeating: $0, count: 32))! }
  let folder: TemporaryFolder
  let file: ClientFile

  init() throws {
    folder = try TemporaryFolder()
    file = ClientFile(try folder.directory())
  }

  private func client(_ name: String, _ pin: Int) throws -> EnrolledClient {
    EnrolledClient(name: try #require(ClientName(name)), pin: ClientFileTests.pins[pin])
  }

  private func name(_ text: String) throws -> ClientName { try #require(ClientName(text)) }

  @Test("A client is added behind what people wrote, which stays as it is")
  func addKeepsText() throws {
    let text = "# ours\r\n\r\nbad line\r\nb - send=no"
    try folder.write(text, to: "clients")
    try file.add(client("a", 0))
    #expect(try folder.text("clients") == text + "\n" + client("a", 0).line + "\n")
    #expect(try file.read().clients.map(\.name.text) == ["b", "a"])
  }

  @Test("A name or a key that a line has already is not added, also if that line cannot be used")
  func clashIsNotAdded() throws {
    let pins = ClientFileTests.pins
    try folder.write("a \(pins[0])\nb \(pins[1]) send=x\n", to: "clients")
    for (name, pin) in [("a", 2), ("c", 0), ("b", 2), ("c", 1)] {
      #expect(throws: BadOption.self, "\(name) \(pin)") { try file.add(client(name, pin)) }
    }
    try file.add(client("c", 2))
  }

  @Test("A removal takes the line of the client away, and no other one")
  func removal() throws {
    let pins = ClientFileTests.pins
    let others = ["# a \(pins[0])", "aa \(pins[1])", "bad", ""]
    try folder.write((["a \(pins[0]) send=no"] + others).joined(separator: "\n"), to: "clients")
    #expect(try file.remove(name("a"))?.pin == pins[0])
    #expect(try file.remove(name("a")) == nil)
    #expect(try folder.text("clients") == others.joined(separator: "\n"))
  }

  @Test("A removed key is not let in by a line that was not used before")
  func removedKeyStaysOut() throws {
    let pins = ClientFileTests.pins
    try folder.write("a \(pins[0])\nb \(pins[0].hex)\na \(pins[1])\n", to: "clients")
    _ = try file.remove(name("a"))
    #expect(try file.read().clients.isEmpty)
    #expect(try folder.text("clients") == "")
  }

  @Test("A line in another encoding bars its client alone, and keeps its bytes at each change")
  func otherEncoding() throws {
    let pins = ClientFileTests.pins
    let line = Array("# Zo".utf8) + [0xeb] + Array("\na \(pins[0]) prefix=".utf8) + [0xe9, 0x0a]
    try folder.write(line + Array("b \(pins[1])\n".utf8), to: "clients")
    try file.add(client("c", 2))
    #expect(throws: BadOption.self) { try file.add(client("a", 3)) }
    #expect(throws: BadOption.self) { try file.client(with: pins[0]) }
    #expect(try file.remove(name("b"))?.pin == pins[1])
    #expect(try folder.bytes("clients") == line + Array((client("c", 2).line + "\n").utf8))
    #expect(try file.read().badLines.map(\.number) == [2])
  }

  @Test("The client of a key is found without the other lines")
  func search() throws {
    try file.add(client("a", 0))
    try file.add(client("b", 1))
    #expect(try file.client(with: ClientFileTests.pins[1])?.name.text == "b")
    #expect(try file.client(with: ClientFileTests.pins[2]) == nil)
    #expect(folder.mode(of: "clients") == 0o600)
  }
}
