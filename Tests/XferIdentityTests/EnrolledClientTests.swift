import Testing
import XferProtocol

@testable import XferIdentity

@Suite("A line of the list of clients")
struct EnrolledClientTests {
  private static let pin = Pin(bytes: Array(1...32))!
  private static let start = "cam7 \(pin)"

  static let options = [
    "prefix=cams/cam7", "from=10.0.0.0/8,fd00::/8", "max-file-size=1000", "quota=5000000",
    "quota-day=700", "sessions=4", "rate=1048576", "send=no", "history=all", "history=none",
    "expires=2027-01-31T00:00:00Z",
  ]

  @Test("Each option is read and written", arguments: options)
  func optionRoundTrips(_ option: String) throws {
    let client = try #require(try EnrolledClient(line: "\(EnrolledClientTests.start) \(option)"))
    #expect(client.rights != Rights())
    #expect(client.rights.options == [option])
    #expect(try EnrolledClient(line: client.line) == client)
  }

  @Test("All options together are read and written")
  func allOptionsRoundTrip() throws {
    let words = EnrolledClientTests.options.filter { $0 != "history=none" }
    let line = ([EnrolledClientTests.start] + words).joined(separator: " ")
    #expect(try EnrolledClient(line: line)?.line == line)
  }

  @Test(
    "Other texts of a value mean the same",
    arguments: [
      ("prefix=cam7/", "prefix=cam7"), ("max-file-size=1K", "max-file-size=1024"),
      ("from=10.1.2.3/8", "from=10.0.0.0/8"),
      ("expires=2027-01-31", "expires=2027-01-31T00:00:00Z"),
      ("send=yes", ""), ("history=own", ""),
    ])
  func otherTexts(_ text: String, _ written: String) throws {
    let client = try EnrolledClient(line: "\(EnrolledClientTests.start) \(text)")
    #expect(client?.rights.options.joined() == written)
  }

  @Test(
    "A value that is not valid is named, with what is expected",
    arguments: [
      "prefix=../x", "prefix=/x", "prefix=a//b", "prefix=", "prefix", "from=10.0.0.0/33", "from=x",
      "from=10.0.0.0/8,", "max-file-size=-1", "max-file-size=1X", "quota=x", "quota-day=",
      "sessions=0", "sessions=10001", "sessions=four", "rate=1/s", "send=maybe", "send=NO",
      "history=some", "expires=tomorrow", "expires=2027-13-01",
    ])
  func invalidValue(_ option: String) throws {
    let name = option.split(separator: "=")[0]
    let bad = #expect(throws: BadOption.self) {
      try EnrolledClient(line: "\(EnrolledClientTests.start) \(option)")
    }
    #expect(bad?.why.hasPrefix("\(name): invalid value ") == true, "\(bad?.why ?? "")")
    #expect(bad?.why.contains("; expected ") == true)
  }

  @Test(
    "A line of another shape is named, with what is expected",
    arguments: [
      ("10.0.0.1 \(pin)", "invalid name \"10.0.0.1\"; expected 1 to 64"),
      ("cam7", "the fingerprint of cam7 is missing"),
      ("cam7 sha256//AAAA", "invalid fingerprint \"sha256//AAAA\"; expected "),
      ("cam7 \(pin) color=red", "unknown option \"color\"; the options are prefix, from, "),
      ("cam7 \(pin) Prefix=a", "unknown option \"Prefix\""),
      ("cam7 \(pin) \(pin)", "unknown option \"sha256//"),
    ])
  func otherShape(_ line: String, _ words: String) {
    let bad = #expect(throws: BadOption.self) { try EnrolledClient(line: line) }
    #expect(bad?.why.hasPrefix(words) == true, "\(bad?.why ?? "")")
  }

  @Test(
    "An empty line and a comment are no clients", arguments: ["", "  \t", "# cam7 x", "#", "\r"])
  func emptyLine(_ line: String) throws { #expect(try EnrolledClient(line: line) == nil) }

  @Test("Blanks around words, also those of other systems, mean nothing")
  func blanks() throws {
    let client = try EnrolledClient(line: "\t cam7  \(EnrolledClientTests.pin)\tsend=no \r")
    #expect(client?.name.text == "cam7")
    #expect(client?.rights.maySend == false)
  }

  @Test("A hyphen stands for the key of a client that an authority names")
  func lineWithoutKey() throws {
    let client = try #require(try EnrolledClient(line: "cam7 - prefix=a"))
    #expect(client.pin == nil)
    #expect(client.line == "cam7 - prefix=a")
  }

  @Test("A change of any right changes the grant, and a blank does not")
  func grantFollowsRights() throws {
    let lines =
      [EnrolledClientTests.start]
      + EnrolledClientTests.options.map { "\(EnrolledClientTests.start) \($0)" }
    let grants = try lines.map { try EnrolledClient(line: $0)?.grant }
    #expect(Set(grants).count == lines.count)
    #expect(!grants.contains(0))
    #expect(try EnrolledClient(line: "  \(lines[0]) ")?.grant == grants[0])
  }
}
