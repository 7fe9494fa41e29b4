import Testing

@testable import XferProtocol

@Suite("A message decodes to the value that was encoded")
struct MessageTests {
  @Test("The samples cover every type of message")
  func samplesCoverEveryMessage() {
    #expect(Set(Sample.client.map(\.type)) == [1, 2, 3, 4, 5, 6, 8, 9])
    #expect(Set(Sample.receiver.map(\.type)) == Set(129...137).union([140, 142, 143]))
    #expect(Set(Sample.request.map(\.type)) == Set(1...8))
    #expect(Set(Sample.reply.map(\.type)) == Set(1...5))
    #expect(Set(Sample.join.map(\.type)) == [7, 138, 139])
    #expect(Set(Sample.keyRequest.map(\.type)) == Set(1...2))
    #expect(Set(Sample.keyReply.map(\.type)) == Set(1...3))
  }

  @Test("A message survives encoding and decoding", arguments: Sample.all)
  func messageRoundTrips(_ sample: Sample) throws {
    #expect(try sample.isMeant(sample.bytes))
  }

  @Test("A message that is truncated in its fields is an error", arguments: Sample.all)
  func truncatedMessageIsAnError(_ sample: Sample) {
    // A message without its attributes, or with fewer certificates, is valid, so only the fixed fields are cut.
    let fixed = sample.payload.count - sample.attributes
    for length in 0..<fixed {
      let cut = frame(sample.type, Array(sample.payload.prefix(length)))
      #expect(throws: WireError.self, "\(length) bytes") { try sample.isMeant(cut) }
    }
  }

  @Test("A byte after the last field of a message is an error", arguments: Sample.all)
  func trailingByteIsAnError(_ sample: Sample) {
    #expect(throws: WireError.self) {
      try sample.isMeant(frame(sample.type, sample.payload + [0]))
    }
  }

  @Test("An unknown type of message is an error in each list")
  func unknownMessageTypeIsAnError() {
    for type in UInt8.min...UInt8.max {
      let bytes = frame(type, [UInt8](repeating: 0, count: 8))
      if ![1, 2, 3, 4, 5, 6, 8, 9].contains(type) { expectError(ClientMessage.self, bytes) }
      if ![129, 130, 131, 132, 133, 134, 135, 136, 137, 140, 142, 143].contains(type) {
        expectError(ReceiverMessage.self, bytes)
      }
      if !(1...8).contains(type) { expectError(RecorderRequest.self, bytes) }
      if !(1...5).contains(type) { expectError(RecorderReply.self, bytes) }
      if ![7, 138, 139].contains(type) { expectError(AnyJoinMessage.self, bytes) }
      if !(1...2).contains(type) { expectError(KeyRequest.self, bytes) }
      if !(1...3).contains(type) { expectError(KeyReply.self, bytes) }
    }
  }

  @Test(
    "A host name is sent as the receiver reads it, whatever is in it",
    arguments: ["", "a\u{1}b\n", "\u{202e}x", String(repeating: "ü", count: 128), "a\u{85}"])
  func hostNameIsReadAsSent(_ host: String) throws {
    let zeros = [UInt8](repeating: 0, count: 32)
    let sent = JoinRequest(invite: Array(zeros.prefix(8)), nonce: zeros, host: host)
    #expect(sent.host.utf8.count <= JoinRequest.longestHost)
    #expect(JoinRequest(sent.value) == sent)
  }

  @Test("A wish to join that is cut or too long is none")
  func malformedJoinRequest() {
    let start = [UInt8](repeating: 0, count: 40)
    #expect(JoinRequest(Array(start.dropLast())) == nil)
    #expect(JoinRequest(start + [UInt8](repeating: 0x61, count: 256)) == nil)
    #expect(JoinRequest(start + [0xff]) == nil)
    #expect(JoinRequest(start)?.host == "")
  }

  @Test("The greeting has the highest version and the bounds of its side")
  func greetingHasVersionAndBounds() {
    let welcome = Welcome(version: 1, agent: "xferd")
    #expect(Hello(agent: "").version == 3)
    #expect(welcome.window == 1024)
    #expect(welcome.content == 1_048_576)
    #expect(welcome.eager == 262_144)
  }
}

/// Expects that the bytes do not decode to a message of this list.
func expectError<Message: WireMessage>(
  _ list: Message.Type, _ bytes: [UInt8], _ comment: Comment? = nil,
  at location: SourceLocation = #_sourceLocation
) {
  #expect(throws: WireError.self, comment, sourceLocation: location) {
    try Message(decoding: bytes)
  }
}

extension Sample {
  /// The number of bytes of attributes at the end of the payload.
  fileprivate var attributes: Int {
    switch testDescription {
    case "hello with the wish to join": 48
    case "certificate": 305
    case "offer with time and mode": 22
    case "offer of a directory": 15
    case "hello of a set": 30
    case "member": 8
    case "publish of a set": 15
    case "announce", "announce to the recorder": 53
    case "offer of a link with an odd name": 14
    case "welcome with its clock": 11
    case "welcome with the client's name", "row of a client with a name": 8
    case "receipt that names the next id": 19
    case "row of repeated failures": 22
    default: 0
    }
  }
}
